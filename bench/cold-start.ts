/** Measures what a function costs before it does anything: the size of its upload, and the time to load its module. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { withBundles } from '#infra/bundling/bundle-functions';
import { functionTable } from '#infra/function-table';

export type FunctionCost = {
  readonly functionName: string;
  /** As in the zip archive that a deployment uploads. */
  readonly zippedBytes: number;
  /** Processor time of the load, which other work on the machine does not lengthen as it does the clock's; median of fresh processes. */
  readonly loadMs: number;
  /** True with the parser or the dump program beside it. */
  readonly hasWebAssembly: boolean;
};

const attempts = 5;

/** A local header and an entry of the directory, with a name of a dozen characters each. */
const headerBytes = 100;

const zippedBytesOf = (folder: string): number =>
  readdirSync(folder)
    .map((file) => deflateRawSync(readFileSync(path.join(folder, file))).length + headerBytes)
    .reduce((sum, size) => sum + size, 0);

const script = `const before = process.cpuUsage(); require('./index.js'); const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1_000);`;

/** As Lambda starts it: source maps on, and nothing of this process. */
const loadOnce = (folder: string): number =>
  Number(
    execFileSync(process.execPath, ['-e', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NODE_OPTIONS: '--enable-source-maps', AWS_REGION: 'eu-central-1' },
    }),
  );

const medianOf = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const measureFunction = (functionName: string, folder: string): FunctionCost => ({
  functionName,
  zippedBytes: zippedBytesOf(folder),
  loadMs: medianOf(Array.from({ length: attempts }, () => loadOnce(folder))),
  hasWebAssembly: readdirSync(folder).some((file) => file.endsWith('.wasm')),
});

/** Every function of the table, one after the other: two at a time would share the processor. */
export const measureColdStart = (): readonly FunctionCost[] =>
  withBundles(functionTable, (folderOf) =>
    functionTable.map(({ functionName }) => measureFunction(functionName, folderOf(functionName))),
  );
