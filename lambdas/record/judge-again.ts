/** Judges the stored facts of a run again: an answer is believed because it follows from them, not because it is written down. */
import type { DocumentName } from '#domain/boxes/facts';
import { outcomeIn } from '#domain/boxes/outcome-of-apply';
import type { Interruption } from '#domain/boxes/room';
import { answersFrom, isDocumentName } from '#domain/boxes/rooms';
import type { StoredEvidence } from '#domain/evidence/chain';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import { boxesOf } from '#lambdas/checklist';
import type { ArtifactStore } from '#lambdas/ports/store';
import { readFacts } from './facts';

const answerInWords = ({ answer, reason }: Pick<BoxAnswer, 'answer' | 'reason'>) => `${answer}: ${reason}`;

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** One sentence per answer that does not follow, or is missing. */
const compareAnswers = (key: string, stored: readonly BoxAnswer[], judged: readonly BoxAnswer[]): readonly string[] => {
  const following = new Map(judged.map((answer) => [answer.box, answer]));
  return [
    ...stored.flatMap((answer) => {
      const follows = following.get(answer.box);
      if (!follows)
        return [
          `${key}: box ${answer.box} is answered "${answerInWords(answer)}", but no answer follows from its facts`,
        ];
      if (isSame({ ...answer }, { ...follows })) return [];
      return answerInWords(answer) === answerInWords(follows)
        ? [`${key}: box ${answer.box} says "${answerInWords(answer)}", but its facts give other figures`]
        : [
            `${key}: box ${answer.box} is answered "${answerInWords(answer)}", but its facts give "${answerInWords(follows)}"`,
          ];
    }),
    ...judged
      .filter(({ box }) => !stored.some((answer) => answer.box === box))
      .map((answer) => `${key}: box ${answer.box} is not answered, but its facts give "${answerInWords(answer)}"`),
  ];
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

const judgeDocument = async (
  store: ArtifactStore,
  { ref: { key }, document }: StoredEvidence,
  name: DocumentName,
): Promise<readonly string[]> => {
  try {
    const judged = answersFrom(name, await readFacts(store, document), interruptionOf(document));
    return compareAnswers(key, document.boxes, asStored(judged));
  } catch (error) {
    // Facts that were tampered with need not have the shape that the judges were written for.
    return [`${key}: its facts cannot be judged: ${(error as Error).message}`];
  }
};

export type JudgedAgain = {
  /** One sentence for each answer that does not follow from the stored facts; empty is good. */
  readonly problems: readonly string[];
  /** How many answers were judged again. */
  readonly answers: number;
  /** Keys of documents of format 1, whose facts are not enough for it. */
  readonly notJudged: readonly string[];
};

/** `stored` in the order in which the documents were finished. */
export const judgeAgain = async (store: ArtifactStore, stored: readonly StoredEvidence[]): Promise<JudgedAgain> => {
  const problems: string[] = [];
  const isOld = ({ document }: StoredEvidence) => document.format === 1;
  const old = stored.filter(isOld);
  const judged = stored.filter((one) => !isOld(one));
  for (const one of judged) {
    const { name, boxes } = one.document;
    if (isDocumentName(name)) problems.push(...(await judgeDocument(store, one, name)));
    else if (boxes.length > 0)
      problems.push(`${one.ref.key} answers boxes, and no state of the workflow is named ${name}`);
    const earlier = stored.slice(0, stored.indexOf(one)).map(({ document }) => document);
    problems.push(...compareCopy(one, earlier));
  }
  // Whoever wants to be spared this would write an older format into a single document.
  if (old.length > 0 && judged.length > 0)
    problems.push(
      ...old.map(
        ({ ref }) =>
          `${ref.key} has format 1 and other documents of this run have format 2, but one version of the workflow writes them all`,
      ),
    );
  return {
    problems,
    answers: judged.reduce((sum, { document }) => sum + document.boxes.length, 0),
    notJudged: old.map(({ ref }) => ref.key),
  };
};
