/** What happened when, from the apply to the report of the incident: each line is a fact of a stored document. */
import { alarmInWords, type MonitorFacts } from '#domain/boxes/16-monitor';
import type { ApprovalFacts } from '#domain/boxes/attestations';
import type { DocumentName, FactsByDocument } from '#domain/boxes/facts';
import type { EvidenceDocument } from '#domain/evidence/document';
import { endedInWords } from '#domain/locks/in-the-way';
import type { LockAttempt } from '#domain/locks/lock-attempts';
import { messageOf } from './closing';

export type TimelineEntry = {
  /** ISO 8601. */
  readonly at: string;
  readonly what: string;
};

type Facts<Name extends DocumentName> = Partial<FactsByDocument[Name]>;

type Teller = (document: EvidenceDocument) => readonly TimelineEntry[];

const heldBy = ({ blockers }: LockAttempt) => (blockers.length > 0 ? `: ${blockers.join('; ')}` : '');

const attempts = (what: string, made: readonly LockAttempt[] = []): readonly TimelineEntry[] =>
  made.map((attempt) => ({ at: attempt.at, what: `${what} did not get its locks${heldBy(attempt)}` }));

const watched = ({ openedAt, alarms, summary }: Partial<MonitorFacts>): readonly TimelineEntry[] => [
  ...(openedAt === undefined ? [] : [{ at: openedAt, what: 'the watch of the target began' }]),
  ...(alarms && summary
    ? alarms.raised
        .filter(({ wasUpBefore }) => !wasUpBefore)
        .map((alarm) => ({ at: alarm.at, what: `alarm: ${alarmInWords(alarm, summary)}` }))
    : []),
];

const asked: Teller = ({ startedAt, title }) => [{ at: startedAt, what: `people were asked: ${title}` }];

const answered = ({ stage, decision, by, at, reason, answers }: Partial<ApprovalFacts>): readonly TimelineEntry[] => {
  if (stage === undefined || by === undefined || at === undefined) return [];
  const counted = answers ?? [{ by, at, decision, reason, how: null }];
  return counted.map((one) => ({
    at: one.at,
    what: `${stage} ${one.decision} by ${one.by}${one.how ? `, ${one.how}` : ''}${one.reason ? `: ${one.reason}` : ''}`,
  }));
};

const tellers: Readonly<Record<string, Teller>> = {
  '08-apply-migration': ({ facts }) => {
    const { applied, lockAttempts } = facts as Facts<'08-apply-migration'>;
    const { entry } = applied ?? {};
    return [
      ...attempts('the apply', lockAttempts),
      ...(entry ? [{ at: entry.appliedAt, what: `${entry.migration} was applied, run ${entry.runId}` }] : []),
    ];
  },
  '08-establish-outcome': ({ facts }) => {
    const { entry } = facts as Facts<'08-establish-outcome'>;
    return entry ? [{ at: entry.appliedAt, what: `${entry.migration} was applied, run ${entry.runId}` }] : [];
  },
  '16-monitor': ({ facts }) => watched(facts as Facts<'16-monitor'>),
  'sign-off': ({ error, finishedAt, runId }) =>
    error ? [] : [{ at: finishedAt, what: `run ${runId} was signed off` }],
  'open-rollback': ({ startedAt, facts }) => {
    const { entries = [] } = facts as Facts<'open-rollback'>;
    const names = entries.map(({ migration }) => migration).join(', ');
    return names === '' ? [] : [{ at: startedAt, what: `a rollback of ${names} was asked for` }];
  },
  'rehearse-rollback': ({ finishedAt, facts, error }) => {
    const { noBranch, notRehearsed } = facts as Facts<'rehearse-rollback'>;
    if (error) return [];
    const rehearsed = notRehearsed
      ? 'it was not rehearsed, because it reaches beyond its database'
      : 'it was rehearsed on the data of then';
    return [{ at: finishedAt, what: noBranch ? 'no branch could be made for it' : rehearsed }];
  },
  'roll-back': ({ facts }) => {
    const { outcome, approvedBy, lockAttempts, ended = [] } = facts as Facts<'roll-back'>;
    return [
      ...ended.map((session) => ({ at: session.at, what: `${endedInWords(session)}, as approved` })),
      ...attempts('the rollback', lockAttempts),
      ...(outcome
        ? [{ at: outcome.rolledBackAt, what: `it was rolled back, approved by ${approvedBy ?? 'nobody named'}` }]
        : []),
    ];
  },
  'verify-rollback': ({ finishedAt, facts }) => {
    const { established, compared } = facts as Facts<'verify-rollback'>;
    return [
      ...(established?.rolledBackAt
        ? [{ at: established.rolledBackAt, what: `it was rolled back, approved by ${established.approvedBy}` }]
        : []),
      ...(compared === undefined ? [] : [{ at: finishedAt, what: compared }]),
    ];
  },
};

/** Of a step that an alarm or a failure came before: whoever looks for a cause needs it. */
const stumbled: Teller = ({ finishedAt, title, error }) =>
  error ? [{ at: finishedAt, what: `${title} failed: ${messageOf(error.message)} (${error.name})` }] : [];

/** Before the apply nothing had happened to anybody. */
const isTold = ({ name }: EvidenceDocument) =>
  name.startsWith('approve-') && !['approve-review', 'approve-apply'].includes(name) && !/^approve-again-/.test(name);

const ofDocument: Teller = (document) => [
  ...(tellers[document.name]?.(document) ?? []),
  ...(isTold(document) ? [...asked(document), ...answered(document.facts as Partial<ApprovalFacts>)] : []),
  ...stumbled(document),
];

/** Oldest first. Documents of the run that applied the migration may stand beside those of the run that took it back. */
export const timelineOf = (documents: readonly EvidenceDocument[]): readonly TimelineEntry[] =>
  documents
    .flatMap(ofDocument)
    .map((entry, index) => ({ entry, index }))
    .sort((one, other) => Date.parse(one.entry.at) - Date.parse(other.entry.at) || one.index - other.index)
    .map(({ entry }) => entry);
