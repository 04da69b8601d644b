/** Step 3: what the migration is expected to do to tables that are in use. Box 3.3 is a person's: who depends on them. */
import { count } from '#domain/count';
import { type Fit, findingsOfFit } from '#domain/environment/fit';
import type { ServerState } from '#domain/environment/server-state';
import type { SeenSessions } from '#domain/environment/sessions';
import { blockedBy } from '#domain/locks/lock-modes';
import type { ReviewContext } from '#domain/review/context';
import { type Dependents, dependentsOf } from '#domain/review/dependents';
import { dependentsInWords } from '#domain/review/dependents-in-words';
import { affectedTables, impactsOf } from '#domain/review/impact';
import { reachInWords } from '#domain/review/migration-reach';
import { growsWith, predictedWaits, unsized, waitInWords } from '#domain/review/predicted-waits';
import { rowEstimate } from '#domain/review/row-estimate';
import { columnRequired, columnRetyped } from '#domain/review/rules/breaking-changes';
import { codeUnseen, dataChanges } from '#domain/review/rules/data-changes';
import { reachSeen, type SeenReach } from '#domain/review/rules/reach';
import { unjudged } from '#domain/review/unjudged';
import { type ProductionStatistics, statisticsFileName } from '#domain/tables/production-statistics';
import type { StatisticsReading } from '#domain/tables/traffic';
import type { BoxId } from '#lambdas/checklist';
import {
  type Basis,
  contextOfReview,
  findingsOfReview,
  judgeByRules,
  type Reviewed,
  type ReviewFacts,
  reviewFacts,
} from './by-rules';
import {
  type Artifact,
  failed,
  type Judge,
  judgeOf,
  notApplicable,
  open,
  proved,
  type ReadFacts,
  type Room,
} from './room';

export type ImpactFacts = ReviewFacts & {
  /** How the target's tables are used, as the review saw it. */
  readonly statistics: Artifact<StatisticsReading>;
  /** How large production's tables are; null where no file says it. Documents of version 0.2.0 and before have neither. */
  readonly production: Artifact<ProductionStatistics> | null;
  /** How long others may have to wait. */
  readonly limitMs: number;
  /** What the approver is shown for box 3.3. Documents of version 0.3.0 and before have neither. */
  readonly dependents?: Dependents;
  readonly sessions?: SeenSessions;
  /** Whether backup and statements fit where they run. Documents of version 0.6.0 and before have none. */
  readonly fit?: Fit;
};

const attestedByApprover = 'the approver attests that the services that depend on the affected tables are known';

const nothingOld = 'the migration touches no existing table';

/** The rule lets it pass; whoever approves sees it all the same. */
const waivedReach = (reach: readonly SeenReach[]) =>
  reach.map((one) => `; ${reachInWords(one)} (waived: ${one.waivedBecause})`).join('');

const sizeOf = ({ sizes }: ReviewContext, table: string) => {
  const size = sizes.get(table);
  return size ? `${table} (${Math.ceil(size.sizeBytes / 1024)} KiB, ${rowEstimate(size)})` : `${table} (size unknown)`;
};

const predictedLocks = (context: ReviewContext) =>
  impactsOf(context).flatMap(({ statement, locks, estimatedMs, heldMs }) =>
    locks.map((lock) => ({ line: statement.line, ...lock, estimatedMs, heldMs, blocks: blockedBy[lock.mode] })),
  );

const batches = 'change the rows in batches of some thousand, each committed for itself';

const sizesMissing = ({ production }: ReviewContext, tables: readonly string[]) =>
  production
    ? `it grows with ${tables.join(', ')}, which ${statisticsFileName} does not hold; write it anew`
    : `it grows with ${tables.join(', ')}: give production's sizes in ${statisticsFileName} (npm run statistics)`;

/** What is read from statements alone proves nothing of a block of code that cannot be read. */
const openWhereUnseen =
  (basis: Basis): Basis =>
  (context) => {
    const lines = [...new Set(codeUnseen.check(context).map(({ line }) => line))];
    const read = basis(context);
    return lines.length === 0
      ? read
      : open(`the review cannot read the code in line ${lines.join(', ')}; for the rest: ${read.reason}`, read.facts);
  };

const predicted = (box: BoxId, basis: Basis): Judge<ImpactFacts> =>
  judgeOf<ImpactFacts>()(
    [...reviewFacts, 'statistics'],
    (facts) => judgeByRules(box, openWhereUnseen(basis), contextOfReview(facts)),
    ['production', 'limitMs'],
  );

export const impactAnalysis: Room<3, ImpactFacts> = {
  '3.1': predicted('3.1', (context) => {
    const tables = affectedTables(context);
    const created = context.changes.tables.map(({ name }) => name);
    const existing =
      tables.length === 0 ? 'no existing table' : tables.map((table) => sizeOf(context, table)).join(', ');
    const reach = reachSeen(context);
    return proved(`affects ${existing}; creates ${created.join(', ') || 'no table'}${waivedReach(reach)}`, {
      existing: tables.map((table) => context.sizes.get(table) ?? { table }),
      created,
      ...(reach.length > 0 && { reach }),
    });
  }),
  '3.2': predicted('3.2', (context) => {
    const tables = affectedTables(context);
    const unknown = unjudged(context);
    if (unknown.length > 0)
      return open(`whom it stops is not known: ${unknown.join('; ')}`, { tables, unjudged: unknown });
    return tables.length === 0
      ? proved(`${nothingOld}, so no contract changes`, { tables: [] })
      : proved(`the migration drops, renames, retypes and narrows nothing in ${tables.join(', ')}`, {
          tables: tables.map((table) => ({ table, usedBy: context.dependentsOf(table) })),
        });
  }),
  '3.3': judgeOf<ImpactFacts>()(
    ['migration'],
    ({ dependents, sessions }) =>
      open(
        dependents && sessions
          ? `${dependentsInWords(dependents, sessions)}; ${attestedByApprover}`
          : attestedByApprover,
      ),
    ['dependents', 'sessions'],
  ),
  '3.4': predicted('3.4', (context) => {
    const impacts = impactsOf(context);
    const unknown = impacts.filter(({ estimatedMs }) => estimatedMs === null);
    const totalMs = impacts.reduce((sum, { estimatedMs }) => sum + (estimatedMs ?? 0), 0);
    const facts = {
      totalMs,
      statements: impacts.map(({ statement, estimatedMs }) => ({
        line: statement.line,
        kind: statement.kind,
        estimatedMs,
      })),
    };
    const basis = `estimated from ${context.production ? "production's" : 'the'} sizes of the tables and the kind of work; the dry run measures the real time`;
    const missing = unsized(context, [...new Set(impacts.flatMap((impact) => growsWith(context, impact)))]);
    if (unknown.length === 0 && missing.length > 0)
      return open(`about ${totalMs} ms here, ${basis}; ${sizesMissing(context, missing)}`, facts);
    if (unknown.length === 0) return proved(`about ${totalMs} ms, ${basis}`, facts);
    const left = count(unknown.length, 'statement');
    const reason = `unknown for ${left} on tables of unknown size; about ${totalMs} ms for the rest, ${basis}`;
    return open(reason, facts);
  }),
  '3.5': predicted('3.5', (context) => {
    const locks = predictedLocks(context);
    const blocking = locks.filter(({ blocks }) => blocks !== 'nobody');
    if (locks.length === 0) return notApplicable(nothingOld);
    const waits = predictedWaits(context);
    // What the rules do not look at, because nobody waits for the whole table.
    const tooLong = waits.filter(({ heldMs }) => (heldMs ?? 0) > context.limitMs);
    if (context.production !== undefined && tooLong.length > 0)
      return failed(`${tooLong.map(waitInWords).join('; ')}. Remedy: ${batches}`, { locks });
    const growing = waits.filter((wait) => unsized(context, wait.growsWith).length > 0);
    if (growing.length > 0) {
      const missing = unsized(context, [...new Set(growing.flatMap((wait) => wait.growsWith))]);
      return open(`${growing.map(waitInWords).join('; ')} here; ${sizesMissing(context, missing)}`, { locks });
    }
    const longest = Math.max(0, ...blocking.map(({ heldMs }) => heldMs ?? 0));
    return proved(
      blocking.length === 0
        ? 'no predicted lock on an existing table stops readers or writers'
        : `others wait for ${count(blocking.length, 'predicted lock')} on existing tables, at most about ${longest} ms; the dry run measures the real time`,
      { locks },
    );
  }),
  '3.6': predicted('3.6', (context) => {
    const changes = dataChanges(context);
    const asked = [...columnRequired.check(context), ...columnRetyped.check(context)].map(({ line }) => `line ${line}`);
    const need =
      asked.length === 0
        ? 'no existing column becomes NOT NULL or changes its type'
        : `PostgreSQL itself checks or converts the values in ${asked.join(', ')}`;
    return changes.length === 0
      ? proved(`no statement changes rows of an existing table; ${need}`, { changes, checked: asked })
      : proved(
          `${count(changes.length, 'data change')}: ${changes.map(({ verb, table, line }) => `${verb} ${sizeOf(context, table)} in line ${line}`).join('; ')}; ${need}`,
          { changes },
        );
  }),
};

/** Before anything is run: `server` as it is now. */
export const dependentsIn = (reviewed: ReadFacts<ReviewFacts>, server: ServerState): Dependents =>
  dependentsOf(contextOfReview(reviewed), server);

/** What does not fit where it runs: backup and statements at the target's own size, whatever production's is. */
export const findingsOfFitting = (fit: Fit, reviewed: Reviewed) => {
  const impacts = impactsOf(contextOfReview({ ...reviewed, production: null }));
  return findingsOfFit(
    fit,
    impacts.reduce((sum, { estimatedMs }) => sum + (estimatedMs ?? 0), 0),
  );
};

/** What the rules of this step found. */
export const findingsOfImpact = (facts: Reviewed) => findingsOfReview(['3.1', '3.2', '3.4', '3.5', '3.6'], facts);
