/** Reads `checklist.config.yaml`: who approves, which database, how long. Every message has line, what was found, what is expected. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type Field, fields, type Parsed, personOf } from './config-fields';
import { findEnvironmentTooLarge } from './environment-size';
import { projectRoot } from './project-root';

/** A configuration that cannot be used; the message lists every flaw with its line. */
export class ConfigurationRefused extends Error {
  override readonly name = 'ConfigurationRefused';
}

type Flaw = { readonly line: number; readonly words: string };

/** Values by `section.name`, every field present. */
export type Config = { readonly [Name in keyof typeof fields]: Parsed<(typeof fields)[Name]> };

const describe = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value));

/** Keys that nothing reads are typing mistakes more often than not. */
const findUnknown = (contents: unknown, lineOf: (node: unknown) => number): readonly Flaw[] => {
  if (!isMap(contents))
    return [{ line: 1, words: 'holds no sections; expected those of checklist.config.example.yaml' }];
  const sections = new Set(Object.keys(fields).map((name) => name.split('.')[0]));
  return contents.items.flatMap(({ key, value }) => {
    const section = String(key);
    if (!sections.has(section))
      return [{ line: lineOf(key), words: `${section} is not known; expected ${[...sections].join(', ')}` }];
    if (!isMap(value))
      return [
        {
          line: lineOf(key),
          words: `${section} is ${describe(isScalar(value) ? value.value : [])}; expected a section`,
        },
      ];
    const names = Object.keys(fields).filter((name) => name.startsWith(`${section}.`));
    return value.items
      .filter((item) => !names.includes(`${section}.${String(item.key)}`))
      .map((item) => ({
        line: lineOf(item.key),
        words: `${section}.${String(item.key)} is not known; expected ${names.join(', ')}`,
      }));
  });
};

/** More people than there are can never approve. */
const approversMissing = (values: Readonly<Record<string, unknown>>) =>
  ['review', 'apply', 'rollback'].flatMap((stage) => {
    const [needed, approvers] = [values[`approvalsNeeded.${stage}`], values[`approvals.${stage}`]];
    return typeof needed === 'number' && Array.isArray(approvers) && needed > approvers.length
      ? [
          {
            stage,
            words: `approvalsNeeded.${stage} is ${needed}; expected at most ${approvers.length}, as many as approvals.${stage} names`,
          },
        ]
      : [];
  });

/** Whoever is asked nowhere decides nothing: a name that is written otherwise would be found out only when it is needed. */
const principalsOfNobody = (values: Readonly<Record<string, unknown>>) => {
  const asked = ['review', 'apply', 'rollback', 'onCall'].flatMap(
    (stage) => (values[`approvals.${stage}`] ?? []) as string[],
  );
  const people = Object.keys((values['approvals.principals'] ?? {}) as object);
  return people
    .filter((person) => !asked.some((address) => personOf(address) === personOf(person)))
    .map((person) => `approvals.principals names ${person}; expected one of ${[...new Set(asked)].join(', ')}`);
};

/** `fileName` is for the messages. Errors: ConfigurationRefused. */
export const parseConfig = (text: string, fileName: string): Config => {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const lineAt = (offset: number | undefined) => lineCounter.linePos(offset ?? 0).line || 1;
  const lineOf = (node: unknown) => lineAt((node as Node | null)?.range?.[0]);
  const flaws: Flaw[] = document.errors.map(({ pos, message }) => ({
    line: lineAt(pos[0]),
    words: `not YAML: ${message.split('\n')[0]}`,
  }));
  const values: Record<string, unknown> = {};
  const readField = (name: string, field: Field<unknown>) => {
    const [section = '', key = ''] = name.split('.');
    const node = document.getIn([section, key], true);
    const found: unknown = (document.toJS() as Record<string, Record<string, unknown> | null> | null)?.[section]?.[key];
    const value = found === undefined && 'standard' in field ? field.standard : field.accept(found);
    if (value !== undefined) values[name] = value;
    else
      flaws.push({
        line: lineOf(node ?? document.get(section, true)),
        words: `${name} is ${field.isHidden && found !== undefined ? 'something else (not shown)' : describe(found)}; expected ${field.expected}`,
      });
  };
  if (flaws.length === 0) {
    flaws.push(...findUnknown(document.contents, lineOf));
    if (isMap(document.contents)) for (const [name, field] of Object.entries(fields)) readField(name, field);
  }
  for (const { stage, words } of approversMissing(values))
    flaws.push({ line: lineOf(document.getIn(['approvalsNeeded', stage], true)), words });
  for (const words of principalsOfNobody(values))
    flaws.push({ line: lineOf(document.getIn(['approvals', 'principals'], true)), words });
  if (flaws.length === 0) {
    const tooLarge = findEnvironmentTooLarge(values as Config);
    if (tooLarge === null) return values as Config;
    flaws.push({ line: 1, words: tooLarge });
  }
  const lines = flaws.sort((a, b) => a.line - b.line).map(({ line, words }) => `  ${fileName}:${line}: ${words}`);
  throw new ConfigurationRefused(`${fileName} cannot be used; nothing was made or changed.\n${lines.join('\n')}`);
};

const ownFileName = 'checklist.config.yaml';
const exampleFileName = 'checklist.config.example.yaml';

/** Names the folder of the configuration to a process that runs elsewhere: the CDK runs where its app lies. */
export const configurationFolderVariable = 'CHECKLIST_CONFIGURATION_FOLDER';

/** The project's own configuration; null when there is none. Errors: ConfigurationRefused. */
export const findOwnConfig = (root: string): Config | null =>
  existsSync(path.join(root, ownFileName)) ? readConfig(root).config : null;

/** The project's own configuration. Errors: ConfigurationRefused, also when there is none. */
export const readOwnConfig = (root: string): Config => {
  const config = findOwnConfig(root);
  if (config) return config;
  throw new ConfigurationRefused(
    `there is no ${ownFileName} in ${root}; copy ${path.relative(root, path.join(projectRoot, exampleFileName))} to it and fill in what is yours`,
  );
};

/** What tests and documents are made from, whatever the project's own configuration says. */
export const readExampleConfig = (root: string): Config =>
  parseConfig(readFileSync(path.join(root, exampleFileName), 'utf8'), exampleFileName);

/** The project's own configuration, or the example where there is none yet. Errors: ConfigurationRefused. */
export const readConfig = (root: string): { readonly fileName: string; readonly config: Config } => {
  const fileName = existsSync(path.join(root, ownFileName)) ? ownFileName : exampleFileName;
  return { fileName, config: parseConfig(readFileSync(path.join(root, fileName), 'utf8'), fileName) };
};
