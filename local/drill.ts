/** A drill of the way back: a sample migration on a server of its own, real load, its alarm, the question, the rollback, the incident report. */
import pg from 'pg';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import type { ExecutionEvent, ExecutionEventKind } from '#local/engine/engine';
import { type RunEnd, startRun } from './runs';
import type { Runtime } from './runtime';

/** What is applied and taken back; the mails name the file. */
export const drillMigration = {
  fileName: '001_drill.sql',
  text: `-- Purpose: a drill of the way back. Nothing depends on it, and it is taken back at once.

-- What was walked through, and by whom.
CREATE TABLE drill_walks (
  drill_walk_id bigint      GENERATED ALWAYS AS IDENTITY,
  walked_by     text        NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT drill_walks_pkey PRIMARY KEY (drill_walk_id)
);

-- ROLLBACK
--   DROP TABLE drill_walks;
`,
} as const;

export type DrillStage = {
  readonly what: string;
  /** ISO 8601. */
  readonly at: string;
  /** Since the stage before. */
  readonly tookMs: number;
};

type Mark = { readonly kind: ExecutionEventKind; readonly state: string; readonly what: string };

/** In the order in which they come. */
const marks: readonly Mark[] = [
  { kind: 'StateExited', state: 'Step 8: Apply migration', what: 'the migration is applied' },
  { kind: 'WaitingForToken', state: 'Step 16: Monitor', what: 'the target is watched; load begins' },
  { kind: 'WaitingForExecution', state: 'Ask for the rollback', what: 'the alarm has rung; the rollback is asked for' },
  { kind: 'StateExited', state: 'Rehearse on now', what: 'the rollback is rehearsed on the data of now' },
  { kind: 'StateExited', state: 'Step 5: Back up database', what: 'the database is backed up' },
  { kind: 'WaitingForToken', state: 'Approve rollback', what: 'the approvers have their mail' },
  { kind: 'StateExited', state: 'Approve rollback', what: 'somebody has decided' },
  { kind: 'StateExited', state: 'Roll back', what: 'the migration is rolled back' },
  { kind: 'StateExited', state: 'Verify rollback', what: 'the schema is compared with the one of before' },
  { kind: 'StateExited', state: 'Report incident', what: 'the incident report is written' },
  { kind: 'StateExited', state: 'Establish rollback', what: 'the run that failed knows what became of it' },
];

/** What a walk reaches at best. */
export const drillStages: readonly string[] = marks.map(({ what }) => what);

/** Three more than the alarm of sessions that wait for locks bears. */
const waiting = 8;

/** One session holds a lock, the others queue behind it. Returns how to let go. */
const putLoad = async ({ ports }: Runtime): Promise<() => Promise<void>> => {
  const { host, port, user, password, database } = await ports.platform.connection({ branchId: 'target' });
  const settings = { host, port, user, password, database, application_name: 'drill' };
  const sessions = Array.from({ length: waiting + 1 }, () => new pg.Client(settings));
  // The server may be stopped under them.
  for (const session of sessions) session.on('error', () => undefined);
  await Promise.all(sessions.map((session) => session.connect()));
  const [holder, ...others] = sessions;
  await holder?.query('SELECT pg_catalog.pg_advisory_lock(16)');
  for (const session of others) session.query('SELECT pg_catalog.pg_advisory_xact_lock(16)').catch(() => undefined);
  return async () => {
    await holder?.end();
    await Promise.all(others.map((session) => session.end()));
  };
};

export type Drill = {
  readonly end: RunEnd;
  readonly rollbackRun: string;
  /** Those that were reached. */
  readonly stages: readonly DrillStage[];
  /** The schema is as before, and the incident is reported. */
  readonly isWalked: boolean;
};

/**
 * Walks from the apply to the incident report and tells each stage when it is reached. The decision is made by whoever answers the mails.
 */
export const walkDrill = async (
  runtime: Runtime,
  onStage: (stage: DrillStage) => void,
  onWarning: (text: string) => void,
): Promise<Drill> => {
  const stages: DrillStage[] = [];
  let endLoad: Promise<() => Promise<void>> | null = null;
  const letGo = () => endLoad?.then((end) => end()).catch(() => undefined);
  const hear = ({ kind, state, at, replayed }: ExecutionEvent) => {
    const mark = marks.find((one) => one.kind === kind && one.state === state);
    // Step 5 is a state of both workflows: only the one behind the rehearsal counts here.
    if (!mark || replayed || marks.indexOf(mark) !== stages.length) return;
    const stage = { what: mark.what, at, tookMs: Date.parse(at) - Date.parse(stages.at(-1)?.at ?? at) };
    stages.push(stage);
    onStage(stage);
    if (mark.state === 'Step 16: Monitor') {
      endLoad = putLoad(runtime);
      endLoad.catch((error: Error) => onWarning(`no load could be put on the target of the drill: ${error.message}`));
    }
    if (mark.state === 'Roll back') void letGo();
  };
  const unsubscribe = runtime.engine.subscribe(hear);
  try {
    const end = await startRun(runtime, drillMigration.fileName);
    const [entry] = await runtime.ports.database.readLedger({ branchId: 'target' });
    const isWalked = stages.length === marks.length && entry !== undefined && entry.rolledBackAt !== null;
    return { end, rollbackRun: rollbackRunOf(end.runId), stages, isWalked };
  } finally {
    unsubscribe();
    await letGo();
  }
};
