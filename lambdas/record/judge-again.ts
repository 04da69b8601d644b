/** Judges the stored facts of a run again: an answer is believed because it follows from them, not because it is written down. */
import { derivedFacts, sourcesOf, withoutSources } from '#domain/boxes/derived';
import type { DocumentName } from '#domain/boxes/facts';
import { outcomeIn } from '#domain/boxes/outcome-of-apply';
import type { Interruption } from '#domain/boxes/room';
import { answersFrom, factsNeeded, isDocumentName } from '#domain/boxes/rooms';
import type { StoredEvidence } from '#domain/evidence/chain';
import type { BoxAnswer, EvidenceDocument } from '#domain/evidence/document';
import { compareVersions } from '#domain/migration/file-name';
import { boxesOf } from '#lambdas/checklist';
import type { ArtifactStore } from '#lambdas/ports/store';
import { version } from '#lambdas/version';
import { strangeReferences } from './fact-files';
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

/** Facts that follow from others are worked out again. Another version may say them in other words, or draw in another way. */
const compareFollowing = (
  { ref, document }: StoredEvidence,
  name: DocumentName,
  following: Readonly<Record<string, unknown>>,
): readonly string[] =>
  document.version !== version
    ? []
    : Object.entries(following)
        .filter(([fact, value]) => fact in document.facts && !isSame(document.facts[fact], value))
        .map(([fact]) => `${ref.key}: the fact ${fact} is not what follows from ${sourcesOf(name, fact).join(', ')}`);

/** The last version whose documents keep some facts without what they follow from. */
const lastWithoutSources = '0.7.0';

/** What a document of this version keeps beside each fact that follows from others must not be left out. */
const compareSources = ({ ref, document }: StoredEvidence, name: DocumentName): readonly string[] =>
  document.version !== version && compareVersions(document.version ?? '', lastWithoutSources) <= 0
    ? []
    : withoutSources(name, document.facts).map(
        ({ fact, missing }) => `${ref.key} lacks the facts ${missing.join(', ')}, from which its fact ${fact} follows`,
      );

const judgeDocument = async (store: ArtifactStore, evidence: StoredEvidence): Promise<Compared> => {
  const { ref, document } = evidence;
  const { name, boxes } = document;
  if (!isDocumentName(name)) {
    const unknown = `${ref.key} answers boxes, and no state of the workflow is named ${name}`;
    return { problems: boxes.length > 0 ? [unknown] : [], reworded: 0 };
  }
  try {
    const stored = await readFacts(store, document);
    const following = derivedFacts(name, stored);
    const facts = { ...stored, ...following };
    const compared = compareAnswers(evidence, asStored(answersFrom(name, facts, interruptionOf(document))));
    // A state that ended well has found out all that its boxes need: a fact that is left out would leave a box unanswered.
    const left = document.error === null ? factsNeeded(name, stored).filter((fact) => !(fact in stored)) : [];
    return {
      ...compared,
      problems: [
        ...compared.problems,
        ...strangeReferences(document).map((sentence) => `${ref.key}: ${sentence}`),
        ...compareFollowing(evidence, name, following),
        ...compareSources(evidence, name),
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
