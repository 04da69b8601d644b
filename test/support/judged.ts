/** What a room answers from facts alone: artifacts are given as they are read. */
import { type Judges, judgeRoom, type ReadFacts } from '#domain/boxes/room';
import type { ChecksFile } from '#domain/checks/checks';
import type { Answer, BoxAnswer } from '#domain/evidence/document';
import type { BoxId } from '#lambdas/checklist';

type Known<Facts> = Partial<ReadFacts<Facts>>;

export const answersOf = <Facts>(room: Judges<Facts>, facts: Known<NoInfer<Facts>>): readonly BoxAnswer[] =>
  judgeRoom(room, facts, null);

/** Undefined when the facts give no answer. */
export const answerOf = <Facts>(room: Judges<Facts>, box: BoxId, facts: Known<NoInfer<Facts>>): BoxAnswer | undefined =>
  answersOf(room, facts).find((answer) => answer.box === box);

/** `{ '6.1': 'proved' }`: the answers without their reasons. */
export const answersByBox = (answers: readonly BoxAnswer[]): Readonly<Partial<Record<BoxId, Answer>>> =>
  Object.fromEntries(answers.map(({ box, answer }) => [box, answer]));

/** A checks file that declares nothing but what a test says. */
export const checksFile = (differing: Partial<ChecksFile> = {}): ChecksFile => ({
  fileName: 'x.checks.sql',
  sha256: 'c0de',
  tests: [],
  queries: [],
  application: { kind: 'undeclared' },
  ...differing,
});
