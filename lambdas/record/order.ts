/** The order in which a run's documents follow each other: whose hashes each of them names. A test compares it with the workflow. */
import type { DocumentName } from '#domain/boxes/facts';
import { rooms } from '#domain/boxes/rooms';
import { namesOfRounds, ofRounds } from '#domain/locks/rounds';

const reviews = ['01-code-review', '02-schema-validation', '03-impact-analysis'] as const;
const validations = ['10-test-constraints', '11-performance-check', '12-application-integration'] as const;
const outcomes = ['08-apply-migration', '08-establish-outcome'] as const;

/** Step 8 follows the last of them: once more each time people have let it be tried again. */
const connects: readonly DocumentName[] = ['07-connect', ...namesOfRounds('connect-again')];

const againAsked = namesOfRounds('approve-again');

const blockersLookedFor = namesOfRounds('find-blockers-again');
const rollbackAgainAsked = namesOfRounds('approve-rollback-again');

/** Why the rollback was not begun, or came to no end. */
const rollbackAsked: readonly DocumentName[] = ['approve-rollback', ...rollbackAgainAsked];

/** The question before this round's look: the one that let the rollback be tried. */
const askedBefore = (round: number): readonly DocumentName[] => rollbackAsked.slice(round - 1, round);

/** Directly after that question where nobody could look. */
const againFrom = (round: number): readonly DocumentName[] => [
  ...blockersLookedFor.slice(round - 1, round),
  ...askedBefore(round),
];

const roundsOfRollback = {
  ...ofRounds('find-blockers-again', askedBefore),
  ...ofRounds('approve-rollback-again', againFrom),
};

/** What a person is asked after when something is wrong with a committed migration; Step 7 where even the outcome is unknown. */
const sinceConnected: readonly DocumentName[] = [
  ...connects,
  ...outcomes,
  '09-verify-schema',
  ...validations,
  '14-update-documentation',
  '15-notify-team',
  '16-monitor',
];

/** Since 0.9.0 the rollback that a failed run asks for is a run of its own; before, these lay in the failed run's folder. */
const askedInTheRun = {
  // Also when nobody wants to try again what is committed in part.
  'find-blockers': [...sinceConnected, ...againAsked],
  'approve-rollback': [...sinceConnected, ...againAsked, 'find-blockers'],
  ...roundsOfRollback,
  'roll-back': rollbackAsked,
  'verify-rollback': ['roll-back'],
  'report-incident': [
    ...sinceConnected,
    ...againAsked,
    'find-blockers',
    ...blockersLookedFor,
    ...rollbackAsked,
    'roll-back',
    'verify-rollback',
  ],
} as const satisfies Partial<Record<DocumentName, readonly DocumentName[]>>;

const onlyOfRollbacks = ['open-rollback', 'rehearse-rollback'] as const;

type OnlyOfRollbacks = (typeof onlyOfRollbacks)[number] | Exclude<keyof typeof askedInTheRun, 'report-incident'>;
type ChecklistDocument = Exclude<DocumentName, OnlyOfRollbacks>;

const everything = (Object.keys(rooms) as readonly DocumentName[]).filter(
  (name) => !onlyOfRollbacks.some((one) => one === name),
);

/** The documents that close a run name all others. */
const closing: readonly DocumentName[] = ['sign-off', 'close-run'];

const roundBefore = (round: number): readonly DocumentName[] => [
  ...connects.slice(round - 1, round),
  ...(round > 1 ? againAsked.slice(round - 2, round - 1) : []),
];

/** Of a run of the checklist. */
export const follows: Readonly<Record<ChecklistDocument, readonly DocumentName[]>> = {
  '00-open-run': [],
  '01-code-review': ['00-open-run'],
  '02-schema-validation': ['00-open-run'],
  '03-impact-analysis': ['00-open-run'],
  'approve-review': reviews,
  '04-environment-check': ['approve-review'],
  'create-branch': ['04-environment-check'],
  '05-backup-database': ['create-branch'],
  '06-dry-run': ['create-branch'],
  '13-test-rollback': ['06-dry-run'],
  'approve-apply': ['05-backup-database', '13-test-rollback'],
  '07-connect': ['approve-apply'],
  '08-apply-migration': connects,
  '08-establish-outcome': connects,
  // Directly after the round before where staging could not even be looked at, because it was still blocked.
  ...ofRounds('approve-again', roundBefore),
  ...ofRounds('connect-again', (round) => againAsked.slice(round - 1, round)),
  '09-verify-schema': outcomes,
  '10-test-constraints': ['09-verify-schema'],
  '11-performance-check': ['09-verify-schema'],
  '12-application-integration': ['09-verify-schema'],
  '14-update-documentation': validations,
  '15-notify-team': ['14-update-documentation'],
  '16-monitor': ['15-notify-team'],
  // Also when nobody wants to try again what is committed in part.
  'establish-rollback': [...sinceConnected, ...againAsked],
  // Directly after them where it could not be established.
  'report-incident': [...sinceConnected, ...againAsked, 'establish-rollback'],
  'sign-off': everything.filter((name) => !closing.includes(name)),
  'close-run': everything.filter((name) => name !== 'close-run'),
};

/** All but the one that closes it. */
export const documentsOfRollback = [
  'open-rollback',
  'rehearse-rollback',
  '05-backup-database',
  'find-blockers',
  ...blockersLookedFor,
  'approve-rollback',
  ...rollbackAgainAsked,
  'roll-back',
  'verify-rollback',
  'report-incident',
] as const;

/** Of a rollback that was asked for. */
export const followsInRollback: Readonly<Partial<Record<DocumentName, readonly DocumentName[]>>> = {
  'open-rollback': [],
  'rehearse-rollback': ['open-rollback'],
  '05-backup-database': ['rehearse-rollback'],
  // Directly after the rehearsal where the function of Step 5 was cut off.
  'find-blockers': ['rehearse-rollback', '05-backup-database'],
  'approve-rollback': ['rehearse-rollback', '05-backup-database', 'find-blockers'],
  ...roundsOfRollback,
  'roll-back': rollbackAsked,
  // Directly after the question where the rollback was killed before it could write anything.
  'verify-rollback': [...rollbackAsked, 'roll-back'],
  'report-incident': [...blockersLookedFor, ...rollbackAsked, 'roll-back', 'verify-rollback'],
  'close-run': documentsOfRollback,
};

/** By which workflow a run is made: its pin says it. */
export type RunKind = 'checklist' | 'rollback';

const ofKind: Readonly<Record<RunKind, readonly Readonly<Partial<Record<DocumentName, readonly DocumentName[]>>>[]>> = {
  checklist: [follows, askedInTheRun],
  rollback: [followsInRollback],
};

/** Null for a document that no state of such a run leaves. */
export const followedBy = (kind: RunKind, name: DocumentName): readonly DocumentName[] | null => {
  const known = ofKind[kind].flatMap((order) => (order[name] ? [order[name]] : []));
  return known.length === 0 ? null : [...new Set(known.flat())];
};

/** What may lie there though nobody has named it yet: left by states that work beside this one, or whose outcome was not heard. */
export const beside = (name: DocumentName): readonly DocumentName[] => {
  const groups: readonly (readonly DocumentName[])[] = [
    reviews,
    ['05-backup-database', '06-dry-run', '13-test-rollback'],
    validations,
  ];
  return groups.find((group) => group.includes(name)) ?? [];
};

/** What may lie there, named by nobody, when people are asked whether to make Step 8 again, and when its place is looked at. */
export const leftBetweenAttempts = (name: DocumentName): readonly DocumentName[] =>
  againAsked.some((one) => one === name) || connects.slice(1).includes(name)
    ? [...outcomes, ...connects.slice(1).filter((one) => one !== name)]
    : [];

/** Looked at in vain, because it was still blocked: the question of the next round follows that of the round before. */
export const isLookedAtInVain = (name: DocumentName, names: ReadonlySet<DocumentName>): boolean => {
  const index = connects.indexOf(name) - 1;
  const next = againAsked[index + 1];
  return index >= 0 && next !== undefined && names.has(next);
};

/** On the way back the states before have failed: what they have left is named by nobody yet. */
export const isWayBack = (name: DocumentName): boolean =>
  [
    ...['find-blockers', ...blockersLookedFor, ...rollbackAsked],
    ...['roll-back', 'verify-rollback', 'establish-rollback', 'report-incident', 'close-run'],
  ].includes(name);
