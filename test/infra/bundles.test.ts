import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '#test/support/project-root';
import { callBundle, runProgram, withBundle } from './bundle-runner';

jest.setTimeout(60_000);

const call = async (bundle: string, event: unknown) => (await callBundle(bundle, event)).answer;

test('a bundle loads by itself, wraps the handler that was put in, and gives it ports', () =>
  withBundle(
    `export const run = async (input: { runId: string }, ports: { settings: { sender: string } }) =>
       ({ runId: input.runId, sender: ports.settings.sender });`,
    { asks: ['secrets.approvalsKey'] },
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
    `import { parse } from '${path.join(projectRoot, 'node_modules/libpg-query')}';
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
    const { stdout } = await runProgram(process.execPath, ['-e', startDump], { cwd: bundle });
    expect(Number(stdout)).toBeGreaterThan(0);
  }));
