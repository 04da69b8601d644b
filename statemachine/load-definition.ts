/** Reads a workflow file: the one way for the cloud's stack, the local runtime and the tests. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** The workflow files, the checklist first. */
export const workflowNames = ['migration-checklist', 'migration-rollback'] as const;

export type WorkflowName = (typeof workflowNames)[number];

/** The definition as plain data, YAML anchors resolved, `x-…` keys (homes of the anchors) left out. */
export const loadDefinition = (name: WorkflowName): Record<string, unknown> => {
  const file = path.join(__dirname, `${name}.asl.yaml`);
  const definition = parse(readFileSync(file, 'utf8'), { merge: true }) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(definition).filter(([key]) => !key.startsWith('x-')));
};

/** Replaces every `${name}` in the definition; throws when one has no value. */
export const substitute = (
  definition: Record<string, unknown>,
  values: Readonly<Record<string, string>>,
): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`the workflow names \${${name}}, which nothing provides`);
      return JSON.stringify(value).slice(1, -1);
    }),
  );
