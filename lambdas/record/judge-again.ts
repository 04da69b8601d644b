/** Judges the stored facts of a run again: an answer is believed because it follows from them, not because it is written down. */
import type { ReviewFacts } from '#domain/boxes/by-rules';
import { diagramOf } from '#domain/boxes/drawn-schema';
import { outcomeIn } from '#domain/boxes/outcome-of-apply';
import type { Interruption, ReadFacts } from '#domain/boxes/room';
import { answersFrom, factsNeeded, isDocumentName } from '#domain/boxes/rooms';
import type { StoredEvidence } from '#domain/evidence/chain';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import { boxesOf } from '#lambdas/checklist';
import type { ArtifactStore } from '#lambdas/ports/store';
import { version } from '#lambdas/version';
import { readFacts } from './facts';

const answerInWords = ({ answer, reason }: Pick<BoxAnswer, 'answer' | 'reason'>) => `${answer}: ${reason}`;

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** What came of judging a document again. */
type Compared = {
  /** One sentence per answer that does not follow, or is missing. */
  readonly problems: readonly string[];
  /** How many answers follow, in other words or with other figures beside them than another version of the product wrote. */
  readonly reworded: number;
};

const describeDifference = (stored: BoxAnswer, follows: BoxAnswer | undefined): string => {
  const given = answerInWords(stored);
  if (!follows) return `box ${stored.box} is answered "${given}", but no answer follows from its facts`;
  return given === answerInWords(follows)
    ? `box ${stored.box} says "${given}", but its facts give other figures`
    : `box ${stored.box} is answered "${given}", but its facts give "${answerInWords(follows)}"`;
};

/** The answer itself always has to follow; words and figures have to where this very version wrote them. */
const compareAnswers = (
  { ref: { key }, document: { boxes: stored, version: writtenBy } }: StoredEvidence,
  judged: readonly BoxAnswer[],
): Compared => {
  const following = new Map(judged.map((answer) => [answer.box, answer]));
  const differing = stored
    .map((answer) => ({ answer, follows: following.get(answer.box) }))
    .filter(({ answer, follows }) => !isSame(answer, follows));
  const isReworded = ({ answer, follows }: (typeof differing)[number]) =>
    writtenBy !== version && follows?.answer === answer.answer;
  return {
    problems: [
      ...differing
        .filter((one) => !isReworded(one))
        .map(({ answer, follows }) => `${key}: ${describeDifference(answer, follows)}`),
      ...judged
        .filter(({ box }) => !stored.some((answer) => answer.box === box))
        .map((answer) => `${key}: box ${answer.box} is not answered, but its facts give "${answerInWords(answer)}"`),
    ],
    reworded: differing.filter(isReworded).length,
  };
};

const interruptionOf = ({ name, error, underWay }: EvidenceDocument): Interruption | null =>
  error && { message: error.message, underWay: underWay ?? [], own: boxesOf(name) };

/** The judges see JSON's values, as whoever wrote the document did. */
const asStored = (answers: readonly BoxAnswer[]): readonly BoxAnswer[] => JSON.parse(JSON.stringify(answers));

/** What the rollback's documents copied of an earlier answer must be that answer. */
const compareCopy = ({ ref, document }: StoredEvidence, earlier: readonly EvidenceDocument[]): readonly string[] => {
  const { answerBefore } = document.facts;
  const others = earlier.filter(({ name }) => name !== document.name);
  return answerBefore === undefined || isSame(answerBefore, outcomeIn(others))
    ? []
    : [`${ref.key}: the answer that it continues is not the answer of the earlier documents`];
};

/** What an approver has looked at and attested to is drawn again. Another version may lay it out in another way. */
const compareDrawing = (
  { ref, document }: StoredEvidence,
  facts: Readonly<Record<string, unknown>>,
): readonly string[] =>
  document.name !== '02-schema-validation' ||
  document.version !== version ||
  facts['diagram'] === undefined ||
  isSame(facts['diagram'], JSON.parse(JSON.stringify(diagramOf(facts as ReadFacts<ReviewFacts>))))
    ? []
    : [`${ref.key}: the ER diagram of box 2.1 is not the one that its catalog and migration give`];

const judgeDocument = async (store: ArtifactStore, stored: StoredEvidence): Promise<Compared> => {
  const { ref, document } = stored;
  const { name, boxes } = document;
  if (!isDocumentName(name)) {
    const unknown = `${ref.key} answers boxes, and no state of the workflow is named ${name}`;
    return { problems: boxes.length > 0 ? [unknown] : [], reworded: 0 };
  }
  try {
    const facts = await readFacts(store, document);
    const compared = compareAnswers(stored, asStored(answersFrom(name, facts, interruptionOf(document))));
    // A state that ended well has found out all that its boxes need: a fact that is left out would leave a box unanswered.
    const left = document.error === null ? factsNeeded(name, facts).filter((fact) => !(fact in facts)) : [];
    return {
      ...compared,
      problems: [
        ...compared.problems,
        ...compareDrawing(stored, facts),
        ...left.map((fact) => `${ref.key} lacks the fact ${fact}, which its boxes need`),
      ],
    };
  } catch (error) {
    // Facts that were tampered with need not have the shape that the judges were written for.
    return { problems: [`${ref.key}: its facts cannot be judged: ${(error as Error).message}`], reworded: 0 };
  }
};

type JudgedAgain = {
  /** One sentence for each answer that does not follow from the stored facts; empty is good. */
  readonly problems: readonly string[];
  /** How many answers were judged again. */
  readonly answers: number;
  /** How many of them another version of the product wrote in other words. */
  readonly reworded: number;
  /** Keys of documents of format 1, whose facts are not enough for it. */
  readonly notJudged: readonly string[];
};

/** `stored` in the order in which the documents were finished. */
export const judgeAgain = async (store: ArtifactStore, stored: readonly StoredEvidence[]): Promise<JudgedAgain> => {
  const problems: string[] = [];
  let reworded = 0;
  const isOld = ({ document }: StoredEvidence) => document.format === 1;
  const old = stored.filter(isOld);
  const judged = stored.filter((one) => !isOld(one));
  for (const one of judged) {
    const compared = await judgeDocument(store, one);
    reworded += compared.reworded;
    const earlier = stored.slice(0, stored.indexOf(one)).map(({ document }) => document);
    problems.push(...compared.problems, ...compareCopy(one, earlier));
  }
  return {
    problems,
    answers: judged.reduce((sum, { document }) => sum + document.boxes.length, 0),
    reworded,
    notJudged: old.map(({ ref }) => ref.key),
  };
};
