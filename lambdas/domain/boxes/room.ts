/**
 * What a room is: per box of a step one judge, which answers from facts and from nothing else. No clock, no settings, no port:
 * whoever has the facts gets the same answers.
 */
import type { BoxAnswer, EvidenceRef } from '#domain/evidence/document';
import type { Origin, OriginFile } from '#domain/folders/origin';
import type { BoxId, BoxOf, StepNumber } from '#lambdas/checklist';

/** How the bytes of an artifact are read: as JSON, or as a file of the run's migration. */
export type ArtifactForm = 'json' | 'migration' | 'checks';

/** A file of another tool's migration as a run keeps it. */
export type KeptFile = OriginFile & EvidenceRef;

/** A fact larger than a page: the document holds this reference, a judge gets what it refers to. */
export type Artifact<T> = {
  readonly artifact: EvidenceRef;
  readonly form: ArtifactForm;
  /** The file's own name where the form asks for one. */
  readonly fileName?: string;
  /** Where another tool's folder has the migration, and each of its files in the store; missing for our own form. */
  readonly origin?: Origin<KeptFile>;
  /** Never there: it carries the type of what is referred to. */
  readonly holds?: T;
};

/** A fact together with its reference, as whoever has just read or written it has both. */
export type Kept<T> = { readonly value: T; readonly reference: Artifact<T> };

/** An entry of a list, its artifacts read. */
export type ReadEntry<Entry> = Entry extends object
  ? {
      readonly [Name in keyof Entry]: Entry[Name] extends Artifact<unknown> | null
        ? ReadFact<Entry[Name]>
        : Entry[Name];
    }
  : Entry;

/** A fact as a judge sees it: an artifact read, also one level down in the entries of a list. */
export type ReadFact<Fact> =
  Fact extends Artifact<infer T> ? T : Fact extends readonly (infer Entry)[] ? readonly ReadEntry<Entry>[] : Fact;

/** Facts as a judge sees them: artifacts read. */
export type ReadFacts<Facts> = { readonly [Name in keyof Facts]: ReadFact<Facts[Name]> };

/**
 * A fact that follows from others of its document: kept for whoever reads the document, worked out again by whoever judges it. Documents
 * that lack what it follows from are judged by what they keep.
 */
export type Derivation<Facts> = {
  readonly from: readonly (keyof Facts & string)[];
  derive(facts: ReadFacts<Facts>): unknown;
};

export type Derivations<Facts> = { readonly [Name in keyof Facts & string]?: Derivation<Facts> };

/** `derivationOf<DryRunFacts>()(['catalogBefore', 'catalogAfter'], ({ catalogBefore, catalogAfter }) => …)` */
export const derivationOf =
  <Facts>() =>
  <From extends keyof Facts & string>(
    from: readonly From[],
    derive: (facts: Required<Pick<ReadFacts<Facts>, From>>) => unknown,
  ): Derivation<Facts> => ({ from, derive: derive as Derivation<Facts>['derive'] });

/** An answer without the box that it is for. */
export type Judgement = Omit<BoxAnswer, 'box'>;

export type Judge<Facts> = {
  /** Without one of these there is no answer. */
  readonly needs: readonly (keyof Facts & string)[];
  /** Null when the facts leave the box as it was: only another state's answer stands. */
  judge(facts: ReadFacts<Facts>): Judgement | null;
  /** Where this fact is there, the box is answered from it alone: the state did something else than what the others tell of. */
  readonly instead?: readonly {
    readonly fact: keyof Facts & string;
    judge(facts: ReadFacts<Facts>): Judgement | null;
  }[];
};

/** A box left out, one too many, or a fact that the step does not gather does not compile. `Also` are boxes of other steps. */
export type Room<Step extends StepNumber, Facts, Also extends BoxId = never> = Readonly<
  Record<BoxOf<Step> | Also, Judge<Facts>>
>;

/** Judges of any boxes, for states that are no step. */
export type Judges<Facts> = Readonly<Partial<Record<BoxId, Judge<Facts>>>>;

/**
 * `judgeOf<DryRunFacts>()(['branch', 'statements'], ({ branch, statements }) => …)`: the judge sees the facts that it needs, and
 * those of `mayUse` where they are there.
 */
export const judgeOf =
  <Facts>() =>
  <Needs extends keyof Facts & string, MayUse extends keyof Facts & string = never>(
    needs: readonly Needs[],
    judge: (facts: Pick<ReadFacts<Facts>, Needs> & Partial<Pick<ReadFacts<Facts>, MayUse>>) => Judgement | null,
    _mayUse: readonly MayUse[] = [],
  ): Judge<Facts> => ({ needs, judge });

/** Answers from the one fact wherever it is there, and as the judge does wherever it is not. */
export const insteadBy = <Facts, Fact extends keyof Facts & string>(
  fact: Fact,
  answer: (value: ReadFacts<Facts>[Fact]) => Judgement | null,
  judge: Judge<Facts>,
): Judge<Facts> => ({
  ...judge,
  instead: [...(judge.instead ?? []), { fact, judge: (facts) => answer(facts[fact]) }],
});

type Facts = Readonly<Record<string, unknown>>;

export const proved = (reason: string, facts?: Facts): Judgement => ({
  answer: 'proved',
  reason,
  ...(facts && { facts }),
});
export const failed = (reason: string, facts?: Facts): Judgement => ({
  answer: 'failed',
  reason,
  ...(facts && { facts }),
});
export const open = (reason: string, facts?: Facts): Judgement => ({ answer: 'open', reason, ...(facts && { facts }) });
export const attested = (reason: string, facts?: Facts): Judgement => ({
  answer: 'attested',
  reason,
  ...(facts && { facts }),
});
export const notApplicable = (reason: string): Judgement => ({ answer: 'not applicable', reason });

/** What came in the way of a state. */
export type Interruption = {
  /** The message of its error. */
  readonly message: string;
  /** The facts that were being found out when it came. */
  readonly underWay: readonly string[];
  /** The boxes of the state itself: those of other steps keep the answers that they have. */
  readonly own: readonly BoxId[];
};

const hasAll = (facts: Facts, names: readonly string[]) => names.every((name) => name in facts);

/** Facts of a state that failed may be such as no judge expects; what it failed of must not be hidden by that. */
const judgeAfter = (interruption: Interruption | null, box: BoxId, judge: () => Judgement | null): Judgement | null => {
  if (interruption === null) return judge();
  try {
    return judge();
  } catch (error) {
    return interruption.own.includes(box) ? failed(`its facts cannot be judged: ${(error as Error).message}`) : null;
  }
};

/**
 * The answers that follow from the facts, in the order of the room: a box whose facts are there is judged; one of the state's own
 * whose fact was being found out when the error came is failed with its message; the others are not answered.
 *
 * @example
 * judgeRoom(connect, { privileges: [{ need: 'CREATE on schema public', held: true }], identity }, null)
 * // [{ box: '7.2', answer: 'proved', reason: 'role "owner" holds the 1 privilege that the statements need', … }]
 */
export const judgeRoom = (
  judges: Judges<never>,
  facts: Facts,
  interruption: Interruption | null,
): readonly BoxAnswer[] =>
  (Object.entries(judges) as [BoxId, Judge<Facts>][]).flatMap(
    ([box, { needs, judge, instead }]): readonly BoxAnswer[] => {
      const answered = (judgeFacts: Judge<Facts>['judge']): readonly BoxAnswer[] => {
        const judgement = judgeAfter(interruption, box, () => judgeFacts(facts));
        return judgement ? [{ box, ...judgement }] : [];
      };
      const other = instead?.find(({ fact }) => fact in facts);
      if (other) return answered(other.judge);
      if (hasAll(facts, needs)) return answered(judge);
      return interruption?.own.includes(box) && needs.some((name) => interruption.underWay.includes(name))
        ? [{ box, ...failed(interruption.message) }]
        : [];
    },
  );
