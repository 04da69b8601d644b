/** `npm run roll-back`: asks for the rollback of what stands, on this machine, and waits until it is decided and done. */
import '#command-line/require-node';
import path from 'node:path';
import { indentRest, parseCommandLine, runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { isKnown } from '#local/known-target';
import type { RunOptions } from '#local/run-options';
import type { Runtime } from '#local/runtime';
import { optionsFrom, runDefinitions } from './options';
import { stopOnInterrupt, withRunning } from './with-running';

const usage = `Asks for the rollback of a migration that stands, also when its run was signed off long ago. Asking decides nothing: the rollback is rehearsed on
a copy of the data of now, the database is backed up, and the approvers see what would be lost before they decide.

  npm run roll-back -- 002 --because "orders are counted twice"
  npm run roll-back -- 002_add_rank.sql --because "the ranks are wrong" --with-later

Options
  --because TEXT          why; the approvers, the evidence and the incident report have it
  --with-later            take back what was applied after it as well, the last one first
  --yes                   answer the approval through the mailed link and code, as a person would; local only
  --migrations DIR        where the migrations are (default: migrations)
  --form FORM             in which form they are, where the folder shows several or none
  --database-url URL      the target instead of the embedded one
  --out DIR               where the report goes (default: .local/reports)
  --documents DIR         where decision log, schema page and incident reports go (default: .local/documents)
  --approval-timeout DUR  how long the approval may take before it expires (default: 24h)
  --port N                the port of the pages on 127.0.0.1 (default: 4600)
  --approver ADDRESS      who is asked; repeatable (default: approver@localhost)
  --approvals-needed N    how many different people must approve (default: 1)
  --on-call ADDRESS       who may approve it alone, though more are needed; repeatable (default: nobody)
  --started-by ADDRESS    who asks for it and therefore cannot approve it alone (default: you, at localhost)
  --help                  this text

The argument is a file, its version, or the id of the run that applied it; npm run status lists them.
Exit codes: 0 rolled back, 1 it was refused, rejected or failed, 2 what was given is wrong, 130 after Ctrl-C.
The same command continues where a killed one stopped.`;

const requireWords = (text: string | undefined): string => {
  const words = text?.replaceAll(/\s+/g, ' ').trim() ?? '';
  if (words === '')
    throw new UsageError('--because is missing or empty; the approvers, the evidence and the incident report have it');
  return words;
};

type Asked = { readonly migration: string; readonly because: string; readonly withLater: boolean };

/** One that an earlier process has left is finished first: it is the same question. */
const work = async (options: RunOptions, asked: Asked, runtime: Runtime): Promise<number> => {
  const { finishRollback, startRollback, unfinishedRollbacks } = await import('#local/rollbacks');
  const { copyReports } = await import('#local/runs');
  const [left] = await unfinishedRollbacks(runtime);
  if (left) say(`${left.name}: continues where it stopped`);
  const end = left ? await finishRollback(runtime, left.executionArn) : await startRollback(runtime, asked);
  const out = path.resolve(options.out);
  const report = await copyReports(runtime, end.runId, out);
  say(indentRest(`${end.isTakenBack ? '✓' : '✗'} ${end.message}`));
  if (report) say(`  report: ${path.relative('', path.join(out, end.runId, 'report.html'))}`);
  return end.isTakenBack ? exitCodes.done : exitCodes.failed;
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseCommandLine('npm run roll-back', {
    options: {
      ...runDefinitions,
      because: { type: 'string' },
      'with-later': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const [migration, ...others] = positionals;
  if (migration === undefined || others.length > 0)
    throw new UsageError(
      `expected one migration, version or run, got ${positionals.length}; npm run status lists them`,
    );
  const asked = { migration, because: requireWords(values.because), withLater: values['with-later'] };
  const options = optionsFrom(values, null);
  if (!isKnown(options))
    throw new UsageError(
      'nothing was started here yet, so nothing stands; name the folder with --migrations or the target with --database-url',
    );
  say(`migration-checklist: rollback of ${migration} asked for`);
  return withRunning(options, (runtime) => work(options, asked, runtime));
};

stopOnInterrupt();

runCommand(main);
