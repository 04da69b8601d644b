/** The incident report that goes into `ops/postmortems/` when a committed migration had to be looked at again. */
import { type TakenBack, takenBackInWords } from '#domain/boxes/taken-back';
import { count } from '#domain/count';
import type { Line } from '#domain/text/lines';
import { bullets, code, codeBlock, type Markdown, markdown, paragraphs, table } from '#domain/text/markdown';
import { type AgainOutcome, againInWords, messageOf, type RollbackOutcome } from './closing';
import type { Correction } from './correction';
import { dueAt, heldLine, postMortemHours } from './post-mortem';
import type { SeenByUsers } from './seen-by-users';
import type { TimelineEntry } from './timeline';

export type Incident = {
  readonly runId: string;
  readonly migration: string;
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  readonly startedBy: string;
  /** What had been applied after it, and was taken back before it; left out where nothing was. */
  readonly takenBackWith?: readonly string[];
  readonly database: string;
  readonly failure: {
    readonly state: string;
    readonly error: string;
    readonly cause: string;
  };
  /** What had been committed of a migration that was only partly applied, as a clause; else null. */
  readonly committedInPart: string | null;
  readonly rollback: { readonly outcome: RollbackOutcome; readonly cause?: string; readonly again?: AgainOutcome };
  /** Null unless the rollback ran to its end. */
  readonly takenBack: TakenBack | null;
  /** Sessions that people had allowed to be ended before it, and what became of them; left out where there was none. */
  readonly ended?: readonly string[];
  /** Why nothing was rehearsed on the data of now, as a clause; left out where it was. */
  readonly notRehearsed?: string;
  /** Why there is no dump from before the rollback, as a clause; left out where there is one. */
  readonly notBackedUp?: string;
  /** What the rollback took of the data, by its rehearsal on the data of now; left out where nobody counted. */
  readonly lost?: string;
  /** What is proposed in its place; left out where its version is free again, and for other tools' migrations. */
  readonly correction?: Correction;
  /** Oldest first, from the documents of this run and of the one that applied the migration. */
  readonly timeline: readonly TimelineEntry[];
  readonly users: SeenByUsers;
};

/** `ops/postmortems/2026-11-22-001_create_jobs-<runId>.md` */
export const incidentPath = ({ at, migration, runId }: Incident) =>
  `ops/postmortems/${at.slice(0, 10)}-${migration.replace(/\.sql$/, '')}-${runId}.md`;

/** A version that was never wholly applied is not used up. */
const correctionLine = ({ migration, committedInPart, takenBack, correction }: Incident): Markdown => {
  if (committedInPart === null)
    return correction
      ? markdown`[ ] Correct it in a new migration, ${code(correction.fileName)}, and leave ${code(migration)} unchanged`
      : markdown`[ ] Correct it in a new migration and leave ${code(migration)} unchanged`;
  const free = takenBack
    ? 'its applied part was rolled back, so its version is free'
    : 'once its applied part is undone, its version is free';
  return markdown`[ ] Correct ${code(migration)} itself and start a new run: ${free} again`;
};

const withCause = (words: string, cause: string | undefined) => (cause ? `${words}: ${messageOf(cause)}` : words);

/** Why whatever was applied is still there, where no rollback was begun. */
const notBegun: Readonly<Partial<Record<RollbackOutcome, string>>> = {
  'not approved': 'not approved',
  'not answered': 'nobody answered in time whether to roll it back',
  'not asked': 'nobody could be asked whether to roll it back',
  stopped: 'the rollback was stopped before anything was rolled back',
};

const endedLines = ({ ended = [] }: Incident): readonly Markdown[] =>
  ended.length === 0 ? [] : [markdown`**Before the rollback, as approved**: ${ended.join('; ')}`];

const rollbackLines = ({
  rollback: { outcome, cause, again },
  takenBack,
  takenBackWith = [],
  lost,
}: Incident): readonly Markdown[] => {
  const left = notBegun[outcome];
  if (!takenBack)
    return [
      markdown`**Rollback**: ${left ? `${withCause(left, cause)}; whatever was applied is still there` : `${withCause(outcome, cause)}${againInWords(again)}`}`,
    ];
  const notCompared = 'the catalog could not be compared with the one before the migration';
  return [
    markdown`**Rollback**: rolled back ${takenBackInWords(takenBack)}`,
    ...(takenBackWith.length > 0
      ? [markdown`**Taken back before it, because they were applied after it**: ${takenBackWith.join(', ')}`]
      : []),
    markdown`**Schema after it**: ${takenBack.compared ?? withCause(notCompared, cause)}`,
    markdown`**Data, by the rehearsal on the data of now**: ${lost ?? 'nobody counted what the rollback took'}`,
  ];
};

const timelineView = ({ timeline, at }: Incident): Markdown =>
  table(
    ['When', 'What'],
    [...timeline, { at, what: 'this report was written' }].map((entry) => [entry.at, entry.what]),
  );

const usersView = ({ users }: Incident): readonly Markdown[] => {
  if (users.state === 'not measured')
    return [markdown`Not measured: ${users.why}. What users saw has to be asked of them.`];
  const seen = markdown`The target was watched from ${users.from} until ${users.until}: ${count(users.samples, 'sample')}, at most ${count(users.mostConnections, 'connection')} and ${count(users.mostLockWaits, 'session')} that waited for a lock. Later nothing was measured.`;
  if (users.alarming.length === 0) return [seen, markdown`No metric was over its limit.`];
  return [
    seen,
    table(
      ['Metric', 'Limit', 'Measured', 'Over it from', 'Until'],
      users.alarming.map(({ metric, limit, values, from, until }) => [
        metric,
        limit,
        values,
        from,
        markdown`${until}, the end of the watch`,
      ]),
    ),
  ];
};

const rowToFill = ['', '', '', ''];

/** For the people who were there: nobody else knows it. */
const causeAndActions: readonly Markdown[] = [
  markdown`## Cause`,
  markdown`_What was the cause, how was it found, and why did the review, the dry run and the tests not show it? To be written by the people who were there._`,
  markdown`## Actions`,
  table(['Action', 'Owner', 'Until', 'Done on'], [rowToFill]),
];

/** What the team reads first. */
export const incidentSubject = (
  { migration, rollback }: Pick<Incident, 'migration' | 'rollback'>,
  line: Line,
): string => {
  const left = notBegun[rollback.outcome];
  const rollbackInWords = left ? `not rolled back (${left})` : rollback.outcome;
  return line`Incident with migration ${migration}: ${rollback.outcome === 'failed' ? 'rollback failed' : rollbackInWords}; post-mortem within ${postMortemHours} hours`;
};

export const renderIncident = (incident: Incident): string => {
  const { failure, committedInPart, correction, takenBackWith = [] } = incident;
  return paragraphs([
    markdown`# Incident: migration ${incident.migration}`,
    bullets([
      markdown`**When**: ${incident.at}`,
      markdown`**Target**: staging, database ${incident.database}`,
      markdown`**Run**: ${incident.runId}, started by ${incident.startedBy}`,
      markdown`**What happened**: ${failure.state}: ${messageOf(failure.cause)} (${failure.error})`,
      ...(committedInPart === null ? [] : [markdown`**What was applied**: the migration was ${committedInPart}`]),
      ...(incident.notRehearsed === undefined ? [] : [markdown`**Rehearsal**: ${incident.notRehearsed}`]),
      ...(incident.notBackedUp === undefined ? [] : [markdown`**Backup**: ${incident.notBackedUp}`]),
      ...endedLines(incident),
      ...rollbackLines(incident),
    ]),
    markdown`## Timeline`,
    timelineView(incident),
    markdown`## What users saw`,
    ...usersView(incident),
    markdown`## To do`,
    bullets([
      markdown`[ ] Post-mortem by ${dueAt(incident.at)} (within ${postMortemHours} hours), and the line under *Post-mortem* filled in`,
      correctionLine(incident),
      ...(takenBackWith.length > 0
        ? [markdown`[ ] Bring back what was taken back with it as new migrations too: ${takenBackWith.join(', ')}`]
        : []),
      markdown`[ ] What would have shown this before the apply?`,
    ]),
    ...(correction
      ? [
          markdown`## The next migration`,
          markdown`${code(correction.fileName)} has the next free version. Take over what was right, correct the rest, and write its way back:`,
          codeBlock('sql', correction.skeleton),
        ]
      : []),
    ...causeAndActions,
    markdown`## Post-mortem`,
    markdown`When it was held, fill in the next line. Until it says a day and a name, reminders are sent from 48 hours after the incident on, every day for a month.`,
    heldLine,
  ]);
};
