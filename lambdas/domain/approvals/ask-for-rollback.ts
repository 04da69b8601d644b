/** How somebody asks for a rollback, and where the runbook speaks of it: for mails, which decide nothing and start nothing. */
import type { RollbackPin } from '#domain/ledger/rollback-pin';
import { mailLine } from '#domain/text/lines';
import { alarms, runbookOf } from '#lambdas/alarms';

type AskedRun = { readonly runId: string; readonly rollback?: RollbackPin };

/** The run that applied it, whose id needs no quoting wherever it is typed. */
const appliedBy = ({ runId, rollback }: AskedRun): string => rollback?.versions.at(-1)?.runId ?? runId;

/** The state machine of rollbacks, as the address of a run in the console has it; null on one machine, where there is none to name. */
const machineIn = (runUrl: string): string | null => {
  const checklist = /:execution:([^:{}]+)\{workflow\}:/.exec(runUrl)?.[1];
  return checklist === undefined ? null : `${checklist}-rollback`;
};

/** `runUrl` as the settings have it, with its placeholders. */
export const askForRollbackLines = (runUrl: string, run: AskedRun): readonly string[] => {
  const machine = machineIn(runUrl);
  const what = appliedBy(run);
  return machine === null
    ? [mailLine`  npm run roll-back -- ${what} --because "say why"`]
    : [
        mailLine`  start an execution of the state machine ${machine} in the Step Functions console with`,
        mailLine`  ${JSON.stringify({ migration: what, because: 'say why' })}`,
      ];
};

/** The runbook's sections: of the alarms that the cause names, then of rollbacks. */
export const runbookOfRollback = (cause: string): readonly string[] => [
  ...alarms.filter(({ title }) => cause.includes(`${title}: `)).map(runbookOf),
  'docs/operations.md#roll-back',
];

/** Where the question of a rollback is put: what to read, and how it is asked for when nobody answers in time. */
export const aboutRollbackLines = (runUrl: string, run: AskedRun, cause: string): readonly string[] => [
  mailLine`What to read: ${runbookOfRollback(cause).join(', ')}`,
  'Without an answer in time nothing is taken back. Ask for it again then (docs/operations.md#at-any-later-time):',
  ...askForRollbackLines(runUrl, run),
];

/** After an incident that has left the migration as it is. */
export const stillStandsLines = (runUrl: string, run: AskedRun): readonly string[] => [
  'It was not taken back. To ask for its rollback, which decides nothing (docs/operations.md#at-any-later-time):',
  ...askForRollbackLines(runUrl, run),
];
