/** `npm run drill`: walks from an alarm to the incident report, so that nobody does it for the first time at night. */
import '#command-line/require-node';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { indentRest, parseCommandLine, runCommand, say, warn } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { formatDuration } from '#domain/html/page';
import type { Drill, DrillStage } from '#local/drill';
import type { RunOptions } from '#local/run-options';
import type { Runtime } from '#local/runtime';
import { stateDirectoryOf } from '#local/state-directory';
import { type AutoApprover, startAutoApprover } from './auto-approver';
import { optionsFrom, runDefinitions } from './options';
import { stopOnInterrupt, withRunning } from './with-running';

const usage = `Walks the way back from an alarm to the incident report, with the real workflows, on a PostgreSQL server of its own that is removed afterwards.
No target of yours is touched: a sample migration is applied there, real sessions queue until the alarm rings, and the rollback is asked for.
Review and apply are answered for you; the rollback is yours to decide, by the mail in the mailbox or from the terminal (npm run approvals).

  npm run drill
  npm run drill -- --yes

Options
  --yes                   answer the rollback too; then nobody has practised
  --out DIR               where reports, incident report and times go (default: .local/drills)
  --approval-timeout DUR  how long the decision may take (default: 1h)
  --approver ADDRESS      who is asked; repeatable (default: approver@localhost)
  --approvals-needed N    how many different people must approve; for one stage: rollback=2; repeatable (default: 1)
  --on-call ADDRESS       who may approve the rollback alone, though more are needed; repeatable (default: nobody)
  --port N                the port of the pages on 127.0.0.1 (default: 4600)
  --help                  this text

Exit codes: 0 walked to its end, 1 it was not (rejected, not answered, or something failed: the last stage says where), 2 what was given is wrong,
130 after Ctrl-C; what is left then is named and can be deleted.`;

/** Its alarm rings in about ten seconds; a window that ends before it would be signed off. */
const windowOfDrill = '2m';

const { yes, port, approver, help } = runDefinitions;

const definitions = {
  ...{ yes, port, approver, help },
  out: { type: 'string', default: '.local/drills' },
  'approval-timeout': { type: 'string', default: '1h' },
  'approvals-needed': runDefinitions['approvals-needed'],
  'on-call': runDefinitions['on-call'],
} as const;

const optionsOf = (values: ReturnType<typeof parse>, folder: string): RunOptions =>
  optionsFrom(
    {
      ...values,
      migrations: path.join(folder, 'migrations'),
      documents: folder,
      out: folder,
      monitor: windowOfDrill,
      'longest-wait': runDefinitions['longest-wait'].default,
      'keep-backups': runDefinitions['keep-backups'].default,
    },
    null,
  );

const parse = () => parseCommandLine('npm run drill', { options: definitions }).values;

const stageLine = ({ what, at, tookMs }: DrillStage) =>
  `  ${at.slice(11, 19)}  ${formatDuration(tookMs).padStart(10)}  ${what}`;

/** Beside the reports: what was walked, when, and how long each stage took. */
const writeTimes = (folder: string, { stages, end, rollbackRun }: Drill) =>
  writeFile(
    path.join(folder, 'times.md'),
    [
      `# Drill of ${stages[0]?.at ?? 'an unknown time'}`,
      '',
      `Run ${end.runId}, its rollback ${rollbackRun}.`,
      '',
      '| at (UTC) | after | stage |',
      '|---|---|---|',
      ...stages.map(({ what, at, tookMs }) => `| ${at} | ${formatDuration(tookMs)} | ${what} |`),
      '',
    ].join('\n'),
  );

const walk = async (options: RunOptions, folder: string, runtime: Runtime): Promise<number> => {
  const { drillStages, walkDrill } = await import('#local/drill');
  const { copyReports } = await import('#local/runs');
  // Whoever practises decides about the rollback: the questions before it are not what is practised.
  const before: AutoApprover | null = options.yes
    ? null
    : startAutoApprover({
        mailDirectory: runtime.mailDirectory,
        log: warn,
        pageBaseUrl: runtime.ports.settings.pageBaseUrl,
        leaves: (subject) => /rollback/i.test(subject),
      });
  if (!options.yes)
    say(`  decide: ${runtime.ports.settings.pageBaseUrl}/mailbox, when the mail Approve rollback is there`);
  try {
    const drill = await walkDrill(runtime, (stage) => say(stageLine(stage)), warn);
    await writeTimes(folder, drill);
    for (const runId of [drill.end.runId, drill.rollbackRun]) await copyReports(runtime, runId, folder);
    say(indentRest(`${drill.isWalked ? '✓' : '✗'} ${drill.end.message}`));
    const missing = drillStages[drill.stages.length];
    if (missing !== undefined) say(`  not reached: ${missing}`);
    return drill.isWalked ? exitCodes.done : exitCodes.failed;
  } finally {
    await before?.stop();
  }
};

const main = async (): Promise<number> => {
  const values = parse();
  if (values.help) {
    say(usage);
    return exitCodes.done;
  }
  const folder = path.resolve(values.out, new Date().toISOString().slice(0, 19).replaceAll(':', ''));
  const options = optionsOf(values, folder);
  const { drillMigration } = await import('#local/drill');
  await mkdir(options.migrations, { recursive: true });
  await writeFile(path.join(options.migrations, drillMigration.fileName), drillMigration.text);
  const stateDirectory = stateDirectoryOf(options);
  say(
    `migration-checklist: a drill, on a server of its own; no target is touched. An interrupted one leaves ${path.relative('', stateDirectory)}`,
  );
  try {
    return await withRunning(options, (runtime) => walk(options, folder, runtime));
  } finally {
    await rm(stateDirectory, { recursive: true, force: true });
    say(`  what was written: ${path.relative('', folder)}`);
  }
};

stopOnInterrupt('The next drill begins anew; what this one has left can be deleted.');

runCommand(main);
