import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleFunctions } from '#infra/bundling/bundle-functions';
import { readConfig } from '#infra/config';
import { commonEnvironment } from '#infra/environment';
import type { PortUse } from '#infra/function-table';
import { root } from './template';

const run = promisify(execFile);

jest.setTimeout(60_000);

const environment: NodeJS.ProcessEnv = {
  ...commonEnvironment(readConfig(root).config, {
    bucketName: 'evidence',
    pageBaseUrl: 'https://pages.example',
    runUrl: 'https://console.example/{runId}',
  }),
  AWS_REGION: 'eu-central-1',
  PATH: process.env['PATH'],
};

type Row = { readonly asks: readonly PortUse[]; readonly isPage?: boolean };

/** Bundles the handler as the stack's are bundled and hands over the folder that Lambda would get. */
const withBundle = async (handler: string, { asks, isPage = false }: Row, work: (bundle: string) => Promise<void>) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'handler-'));
  try {
    const [file, bundles] = [path.join(directory, 'handler.ts'), path.join(directory, 'bundles')];
    await writeFile(file, handler);
    await mkdir(bundles);
    bundleFunctions([{ functionName: 'TryIt', file, asks, isPage }], bundles);
    await work(path.join(bundles, 'TryIt'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** What a process of its own gets from the handler: the answer, or the error's message. */
const call = async (bundle: string, event: unknown): Promise<unknown> => {
  const script = `require('./index.js').handler(${JSON.stringify(event)}, { awsRequestId: 'r-1' })
    .catch(({ message }) => message).then((answer) => console.log('\\n' + JSON.stringify(answer)))`;
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: bundle, env: environment });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
};

test('a bundle loads by itself, wraps the handler that was put in, and gives it ports', () =>
  withBundle(
    `export const run = async (input: { runId: string }, ports: { settings: { sender: string } }) =>
       ({ runId: input.runId, sender: ports.settings.sender });`,
    { asks: ['secrets'] },
    async (bundle) => {
      expect((await readdir(bundle)).sort()).toEqual(['index.js', 'index.js.map']);
      expect(await call(bundle, { runId: 'run-1' })).toEqual({ runId: 'run-1', sender: 'migrations@example.com' });
    },
  ));

test('a page is bundled behind HTTP', () =>
  withBundle(
    `export const run = async (request: { path: string; form: { code: string } }) =>
       ({ status: 200, headers: {}, body: request.path + ' ' + request.form.code });`,
    { asks: [], isPage: true },
    async (bundle) => {
      const event = {
        rawPath: '/approvals/x',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        requestContext: { http: { method: 'POST' } },
        body: 'code=K4T7',
      };

      expect(await call(bundle, event)).toMatchObject({ statusCode: 200, body: '/approvals/x K4T7' });
    },
  ));

test('a port that the table does not name is not in the bundle, and asking for it says where to name it', () =>
  withBundle(
    `export const run = (_: unknown, ports: { callback: { succeed(token: string, output: unknown): Promise<void> } }) =>
       ports.callback.succeed('token', {});`,
    { asks: [] },
    async (bundle) => {
      expect(await call(bundle, {})).toMatch(/asks for callback, which it was bundled without/);
    },
  ));

test('a bundle with the parser has its WebAssembly beside it and parses', () =>
  withBundle(
    `import { parse } from '${path.join(root, 'node_modules/libpg-query')}';
     export const run = async ({ sql }: { sql: string }) => (await parse(sql)).stmts.length;`,
    { asks: [] },
    async (bundle) => {
      expect(await readdir(bundle)).toContain('libpg-query.wasm');
      expect(await call(bundle, { sql: 'SELECT 1; SELECT 2' })).toBe(2);
    },
  ));

/** Starts the dump program with a server that hangs up at the first message; says how often it was asked. */
const startDump = `
  let asked = 0;
  const hangUp = () => { asked += 1; throw new Error('hung up'); };
  const server = { query: async () => ({ rows: [{ search_path: '' }] }), exec: async () => {}, execProtocolRawStream: hangUp };
  require('./pg_dump.cjs').pgDump({ pg: server, args: ['-h', 'x', '-d', 'dbname=a user=b sslmode=disable'] })
    .catch(() => undefined).then(() => console.log(asked));`;

test('a bundle that makes backups has the dump program beside it, which starts from there', () =>
  withBundle('export const run = async () => null;', { asks: ['platform', 'backups'] }, async (bundle) => {
    expect(await readdir(bundle)).toEqual(
      expect.arrayContaining(['pg-dump-worker.cjs', 'pg_dump.cjs', 'pg_dump.wasm']),
    );
    const { stdout } = await run(process.execPath, ['-e', startDump], { cwd: bundle });
    expect(Number(stdout)).toBeGreaterThan(0);
  }));
