/** A migration that the branch would not have kept in is not run before the apply: its boxes are open, with the reason. */
import { count } from '#domain/count';
import type { Finding } from '#domain/evidence/document';
import { type MigrationReach, reachInWords } from '#domain/review/migration-reach';
import type { BranchServer } from '#domain/sql/reach-table';
import { insteadBy, type Judge, type Judgement, open } from './room';

/** The fact `notRehearsed`. */
export type NotRehearsed = {
  readonly server: BranchServer;
  /** What the rehearsal would have let out. */
  readonly reach: readonly MigrationReach[];
  /** Of what nothing was run; missing for a whole migration. */
  readonly of?: 'rollback';
};

/** The fact `noBranch`: a rollback goes on without its rehearsal where the platform makes no branch. */
export type NoBranch = {
  /** What the platform said. */
  readonly because: string;
};

/** As a clause. */
export const noBranchInWords = ({ because }: NoBranch): string =>
  `not rehearsed, nothing of the rollback was run before: no branch of the data of now could be made: ${because}`;

const branches: Readonly<Record<BranchServer, string>> = {
  shared: "the branch lies on the target's own server",
  own: 'the branch has a server of its own, on this machine',
  'own machine': 'the branch has a server of its own',
};

/** Why nothing was run, as a clause. */
export const notRehearsedInWords = ({ server, reach, of: what }: NotRehearsed): string => {
  const [first, ...more] = reach;
  const others = more.length > 0 ? `, and ${count(more.length, 'more statement does', 'more statements do')} so` : '';
  return `not rehearsed, nothing of the ${what ?? 'migration'} was run: ${first ? reachInWords(first) : 'it reaches beyond its database'}${others}, and ${branches[server]}, which does not keep that in`;
};

/** Of a rollback, as a clause; null where it was rehearsed. */
export const whyNotRehearsed = ({
  noBranch,
  notRehearsed,
}: {
  readonly noBranch?: NoBranch | undefined;
  readonly notRehearsed?: NotRehearsed | undefined;
}): string | null => {
  if (noBranch) return noBranchInWords(noBranch);
  return notRehearsed ? notRehearsedInWords(notRehearsed) : null;
};

/** One for each statement that the rehearsal would have let out. */
export const findingsOfNotRehearsed = ({ reach }: NotRehearsed): readonly Finding[] =>
  reach.map((one) => ({ rule: 'not-rehearsed', line: one.line, message: reachInWords(one) }));

/** `notRehearsed` among its facts keeps the box from being put to a person: nobody has seen what it asks about. */
export const openNotRehearsed = (fact: NotRehearsed): Judgement =>
  open(notRehearsedInWords(fact), { notRehearsed: true, reach: fact.reach, server: fact.server });

type Guarding = {
  readonly noBranch?: NoBranch;
  readonly notRehearsed?: NotRehearsed;
  readonly serverChanged?: readonly string[];
};

/** On a server that the target shares, what changed of the server meanwhile may be the rehearsal's doing. */
const unlessServerChanged = (
  judgement: Judgement | null,
  changed: readonly string[],
  since: string,
): Judgement | null =>
  judgement?.answer === 'proved' && changed.length > 0
    ? {
        ...judgement,
        answer: 'open',
        reason: `${judgement.reason}; but roles, settings or sessions of the server differ from what ${since}: ${changed.slice(0, 3).join('; ')}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''}. Look whether the rehearsal or somebody else changed them`,
      }
    : judgement;

const guard = <Facts extends Guarding>(judge: Judge<Facts>, isSilent: boolean, since: string): Judge<Facts> => ({
  ...insteadBy<Facts, 'noBranch'>(
    'noBranch',
    (fact) => open(noBranchInWords(fact as NoBranch), { notRehearsed: true }),
    insteadBy<Facts, 'notRehearsed'>(
      'notRehearsed',
      (fact) => (isSilent ? null : openNotRehearsed(fact as NotRehearsed)),
      judge,
    ),
  ),
  judge: (facts) => unlessServerChanged(judge.judge(facts), (facts as unknown as Guarding).serverChanged ?? [], since),
});

/**
 * The room of a state that works on the branch: where nothing was rehearsed its boxes are open, those of `silent` unanswered; where the
 * server changed beside the branch, against what `since` says, nothing is proved.
 */
export const onTheBranch = <Facts extends Guarding, Boxes extends Readonly<Record<string, Judge<Facts>>>>(
  boxes: Boxes & Readonly<Record<string, Judge<Facts>>>,
  silent: readonly (keyof Boxes & string)[] = [],
  since = 'Step 4 saw',
): Boxes =>
  Object.fromEntries(
    Object.entries(boxes).map(([box, judge]) => [box, guard(judge as Judge<Facts>, silent.includes(box), since)]),
  ) as Boxes;
