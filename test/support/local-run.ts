/** A local runtime in a folder of its own, for tests of whole runs: the real workflow file, handlers, Postgres, HTTP and mail. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startAutoApprover } from '#commands/run/auto-approver';
import { parseOptions } from '#commands/run/options';
import { readClosedList } from '#lambdas/record/closed-list';
import { judgeAgain } from '#lambdas/record/judge-again';
import type { RunOptions } from '#local/run-options';
import { openRuntime, type Runtime, type RuntimeRequest } from '#local/runtime';
import { projectRoot } from './project-root';

export type Sandbox = {
  readonly directory: string;
  /** The project whose migrations are run: `migrations/`, and after a run `docs/` and `ops/`. */
  readonly project: string;
  readonly stateDirectory: string;
};

/** The embedded server as its first start leaves it; `-a`, because it belongs to another user where we are root. */
const bringHome = async (stateDirectory: string) => {
  const home = process.env['TEST_POSTGRES_HOME'];
  if (!home) return;
  await mkdir(stateDirectory);
  await promisify(execFile)('cp', ['-a', home, path.join(stateDirectory, 'postgres')]);
};

/** A copy of the sample migrations in a temporary folder that the user of PostgreSQL's processes may enter. */
export const withSandbox = async <T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'migration-checklist-run-'));
  await chmod(directory, 0o755);
  const project = path.join(directory, 'project');
  await cp(path.resolve(projectRoot, 'migrations'), path.join(project, 'migrations'), { recursive: true });
  const stateDirectory = path.join(directory, 'state');
  await bringHome(stateDirectory);
  try {
    return await work({ directory, project, stateDirectory });
  } finally {
    // A step beside one that failed may still be writing.
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
};

export const optionsFor = ({ project }: Sandbox, ...args: readonly string[]): RunOptions =>
  parseOptions([
    '--migrations',
    path.join(project, 'migrations'),
    '--documents',
    project,
    '--monitor',
    '1s',
    '--port',
    '0',
    ...args,
  ]);

/** As the browser sends it that has opened the printed address. */
export const cookieOf = ({ pagesAddress }: Runtime) => {
  const { port, searchParams } = new URL(pagesAddress);
  return { cookie: `pages-${port}=${searchParams.get('key')}` };
};

/** Every answer of every run follows from what the store keeps, however the run went. */
const requireAnswersFollow = async ({ ports: { store } }: Runtime) => {
  const runs = new Set((await store.list('runs/')).map((key) => key.split('/')[1] ?? ''));
  for (const runId of runs) {
    const { evidence, strange } = await readClosedList(store, { runId, name: null, previous: null });
    const { problems } = await judgeAgain(store, evidence);
    const faults = [...problems, ...strange];
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }
};

type Circumstances = {
  /** False where the test itself answers the mails. */
  readonly answering?: boolean;
  /** Where the test writes into the run what does not belong there. */
  readonly isForged?: boolean;
};

/** Opens the runtime with whoever answers the mails, and closes it whatever happens. */
export const withRuntime = async <T>(
  sandbox: Sandbox,
  { answering, isForged = false, ...request }: Partial<RuntimeRequest> & Circumstances,
  work: (runtime: Runtime) => Promise<T>,
): Promise<T> => {
  const runtime = await openRuntime({
    options: optionsFor(sandbox),
    stateDirectory: sandbox.stateDirectory,
    onEvent: () => undefined,
    onWarning: () => undefined,
    ...request,
  });
  const approver =
    answering === false
      ? null
      : startAutoApprover({
          mailDirectory: runtime.mailDirectory,
          log: () => undefined,
          pageBaseUrl: runtime.ports.settings.pageBaseUrl,
        });
  try {
    const result = await work(runtime);
    if (!isForged) await requireAnswersFollow(runtime);
    return result;
  } finally {
    await approver?.stop();
    await runtime.close();
  }
};
