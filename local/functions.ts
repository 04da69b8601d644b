/** The handlers by function name: the very modules that are deployed. */
import path from 'node:path';
import { checklist, namesOf } from '#lambdas/checklist';
import { entryPoints } from '#lambdas/entry-points';
import type { Ports } from '#lambdas/ports/ports';

type Handler = (input: unknown, ports: Ports) => Promise<unknown>;

const fileOf: Readonly<Record<string, string>> = Object.fromEntries([
  ...checklist.map(namesOf).map(({ functionName, file }) => [functionName, `steps/${file}`]),
  ...entryPoints.map(({ functionName, file }) => [functionName, file]),
]);

export const functionNames: readonly string[] = Object.keys(fileOf);

/** Local ARNs for the workflow's substitutions, `CodeReviewArn` → `arn:aws:lambda:…:function:CodeReview`. */
export const functionArns: Readonly<Record<string, string>> = Object.fromEntries(
  functionNames.map((name) => [`${name}Arn`, `arn:aws:lambda:us-east-1:000000000000:function:${name}`]),
);

/** Loads the handler's module when it is first needed. */
export const findHandler = (functionName: string): Handler => {
  const file = fileOf[functionName];
  if (!file) throw new Error(`no function ${functionName}; known are ${functionNames.join(', ')}`);
  // Without its ending: it is TypeScript here, and JavaScript where it is installed.
  const module = require(path.join(__dirname, '..', 'lambdas', file.replace(/\.ts$/, ''))) as { run: Handler };
  return module.run;
};
