/** The first lines of a function's bundle: its handler, and the modules of the ports that it may ask for. */
import path from 'node:path';
import type { FunctionRow } from '../function-table';
import { portCosts } from '../port-grants';
import { projectRoot } from '../project-root';

/** The parts of a function's row that decide how it is bundled. */
export type BundledRow = Pick<FunctionRow, 'functionName' | 'file' | 'asks' | 'isPage'>;

/** The installed package has every source compiled, beside this one. */
const compiledAsThis = (file: string) => file.replace(/\.ts$/, path.extname(__filename));

const quoted = (file: string) => JSON.stringify(path.resolve(projectRoot, compiledAsThis(file)));

/** `codeHost` is made by `live/code-host.ts`. */
export const liveFileOf = (port: string): string =>
  `lambdas/runtime/live/${port.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;

export const entryText = ({ functionName, file, asks, isPage }: BundledRow): string => {
  const modules = [...new Set(asks.flatMap((use) => portCosts[use].modules))];
  const make = isPage ? 'pageHandler' : 'stepHandler';
  return [
    `import { run } from ${quoted(file)};`,
    `import { ${make} } from ${quoted('lambdas/runtime/entry.ts')};`,
    `export const handler = ${make}(${JSON.stringify(functionName)}, run, {`,
    ...modules.map((module) => `  ${module}: () => import(${quoted(liveFileOf(module))}),`),
    '});',
    '',
  ].join('\n');
};
