/** The table says what each function asks for; the sources say what it does ask for. They must agree, both ways. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { type FunctionRow, functionTable } from '#infra/function-table';
import { projectRoot } from '#test/support/project-root';

/** Our own sources that a handler is made of, save those that cannot ask for anything. */
const sourcesOf = ({ file }: FunctionRow): string => {
  const { metafile } = buildSync({
    entryPoints: [path.join(projectRoot, file)],
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'silent',
    external: ['#domain/*', '#lambdas/runtime/*'],
  });
  return Object.keys(metafile.inputs)
    .map((input) => readFileSync(path.join(projectRoot, input), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
    .join('\n');
};

/** `ports.database`, `{ database, store } = ports`, `({ database }: Ports)`. */
const asksFor = (source: string, port: string): boolean =>
  new RegExp(
    `\\bports\\.${port}\\b|\\{[^{}]*\\b${port}\\b[^{}]*\\}\\s*(?:=\\s*ports\\b|:\\s*(?:Ports|Pick<Ports)\\b)`,
  ).test(source);

const portsOf = (row: FunctionRow) => [...new Set(row.asks.map((use) => use.split('.')[0] as string))];

const watched = [
  'migrations',
  'documents',
  'platform',
  'database',
  'activity',
  'metrics',
  'alarms',
  'backups',
  'mail',
  'callback',
  'schedule',
  'secrets',
  'probes',
];

test.each(functionTable.map((row) => [row.functionName, row] as const))(
  '%s asks for what its row names, no more and no less',
  (_, row) => {
    const source = sourcesOf(row);

    expect(watched.filter((port) => asksFor(source, port))).toEqual(
      watched.filter((port) => portsOf(row).includes(port)),
    );
  },
);

const methods = ['schedule.create', 'schedule.remove', 'callback.succeed', 'callback.fail'] as const;

test.each(functionTable.map((row) => [row.functionName, row] as const))(
  '%s calls the methods with permissions of their own only where its row says so',
  (_, row) => {
    const source = sourcesOf(row);

    const called = methods.filter((method) => source.includes(`${method}(`));

    expect(called).toEqual(methods.filter((method) => row.asks.includes(method)));
  },
);
