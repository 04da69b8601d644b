/** `npm run bench -- [name]`: measures what the documents claim, and compares it with its limit. */
import '#command-line/require-node';
import { parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { measureBackup } from './backup';
import { measureCatalog } from './catalog';
import { type FunctionCost, measureColdStart } from './cold-start';
import { measurePackage } from './package';
import { measureRehearse } from './rehearse';
import { withServer } from './server';
import { measureStart } from './start';
import { measureTracing } from './tracing';

type Line = {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 'MB' | 'times';
  readonly limit: number;
};

const catalog = async (): Promise<readonly Line[]> => {
  const { readMs, peakResidentBytes } = await withServer((connection) => measureCatalog(connection));
  return [
    { what: 'catalog of 1,000 tables, read', value: readMs, unit: 'ms', limit: 1_000 },
    { what: 'catalog of 1,000 tables, memory of the process', value: peakResidentBytes / 1e6, unit: 'MB', limit: 150 },
  ];
};

const start = async (): Promise<readonly Line[]> => {
  const { firstLineMs, totalMs, peakBytes } = await measureStart();
  return [
    { what: 'npm start, first line', value: firstLineMs, unit: 'ms', limit: 2_000 },
    { what: 'npm start, both samples signed off, 2 s of monitoring each', value: totalMs, unit: 'ms', limit: 20_000 },
    ...(peakBytes === null
      ? []
      : [{ what: 'npm start, memory of all processes', value: peakBytes / 1e6, unit: 'MB', limit: 500 } as const]),
  ];
};

const mostTimesTheLeast = 6;

const rehearse = async (): Promise<readonly Line[]> => {
  const { tables, medianMs, leastMs } = await measureRehearse();
  const { statements, plainMs, tracedMs } = await withServer(measureTracing);
  return [
    {
      what: `rehearse, one migration of a schema with ${tables} tables (${Math.round(medianMs)} ms) against a copy and its statements alone (${Math.round(leastMs)} ms)`,
      value: medianMs / leastMs,
      unit: 'times',
      limit: mostTimesTheLeast,
    },
    {
      what: `dry run, ${statements} statements traced (${Math.round(tracedMs)} ms) against untraced (${Math.round(plainMs)} ms)`,
      value: tracedMs / plainMs,
      unit: 'times',
      limit: 1.25,
    },
  ];
};

/** Those with the parser or the dump program may be larger: a megabyte of it is WebAssembly. */
const mostZippedMb = ({ hasWebAssembly }: FunctionCost) => (hasWebAssembly ? 3 : 1);

const coldStart = async (): Promise<readonly Line[]> =>
  measureColdStart().flatMap((cost): readonly Line[] => [
    {
      what: `${cost.functionName}, zipped`,
      value: cost.zippedBytes / 1e6,
      unit: 'MB',
      limit: mostZippedMb(cost),
    },
    { what: `${cost.functionName}, module loaded, processor time`, value: cost.loadMs, unit: 'ms', limit: 400 },
  ]);

/** What Node itself takes to start where little else runs: the limits of the clock, as so many times of it. */
const quietNodeMs = 40;

const packed = async (): Promise<readonly Line[]> => {
  const { nodeMs, oneFileMs, npxMs, firstLineMs, files, manyFilesMs, manyFilesBytes } = await measurePackage();
  const againstNode = (what: string, ms: number, limitMs: number): Line => ({
    what: `${what} (${Math.round(ms)} ms) against an empty start of Node (${Math.round(nodeMs)} ms)`,
    value: ms / nodeMs,
    unit: 'times',
    limit: limitMs / quietNodeMs,
  });
  return [
    againstNode('review of one file', oneFileMs, 400),
    againstNode('what npx adds', npxMs, 1_000),
    againstNode('rehearse in a new folder, first line', firstLineMs, 2_000),
    { what: `review of ${files} files, processor time`, value: manyFilesMs, unit: 'ms', limit: 10_000 },
    { what: `review of ${files} files, memory of the process`, value: manyFilesBytes / 1e6, unit: 'MB', limit: 300 },
  ];
};

/** 1 GB, as the documents say; BENCH_MEGABYTES for a look on a small machine. */
const backupMegabytes = Number(process.env['BENCH_MEGABYTES'] ?? 1_000);

const backup = async (): Promise<readonly Line[]> => {
  const { megabytes, backupMs, verifyMs, restoreMs, extraResidentBytes, native } = await measureBackup(backupMegabytes);
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const against = (what: string, ours: number, theirs: number, limit: number): Line => ({
    what: `${what}, ${seconds(ours)} against ${seconds(theirs)}`,
    value: ours / theirs,
    unit: 'times',
    limit,
  });
  return [
    against(`backup of ${megabytes} MB with its verification`, backupMs + verifyMs, backupMs, 2),
    {
      what: 'backup, verification and restore, memory beyond the process at rest',
      value: extraResidentBytes / 1e6,
      unit: 'MB',
      limit: 200,
    },
    ...(native === null
      ? []
      : [
          against('backup, pg_dump -Fc', backupMs, native.customMs, 0.5),
          against('backup, pg_dump -Fc -Z1', backupMs, native.fastMs, 1),
          against('restore with comparison, pg_restore -j2', restoreMs, native.restoreMs, 1),
        ]),
  ];
};

const shown = (value: number) => (value < 10 ? value.toFixed(2) : Math.round(value));

const benches: Readonly<Record<string, () => Promise<readonly Line[]>>> = {
  backup,
  catalog,
  'cold-start': coldStart,
  package: packed,
  rehearse,
  start,
};

const usage = `Measures what the documents claim, and compares it with its limit.

  npm run bench              everything
  npm run bench -- NAME …    only these: ${Object.keys(benches).join(', ')}

Options
  --help   this text

Exit codes: 0 all within their limits, 1 one is not, 2 what was given is wrong.`;

const main = async (): Promise<number> => {
  const { values, positionals: names } = parseCommandLine('npm run bench', {
    options: { help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const unknown = names.find((name) => !(name in benches));
  if (unknown !== undefined)
    throw new UsageError(`there is no bench "${unknown}"; there are: ${Object.keys(benches).join(', ')}`);
  let code: number = exitCodes.done;
  for (const name of names.length > 0 ? names : Object.keys(benches))
    for (const { what, value, unit, limit } of (await benches[name]?.()) ?? []) {
      if (value > limit) code = exitCodes.failed;
      say(`${value <= limit ? '✓' : '✗'} ${what}: ${shown(value)} ${unit} (limit ${limit})`);
    }
  return code;
};

runCommand(main);
