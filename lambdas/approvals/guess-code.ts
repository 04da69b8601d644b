/** Five guesses per link. A guess is counted before it is compared, so that many at once are not more than five. */
import { isSameSecret } from '#domain/approvals/secrets';
import type { ArtifactStore } from '#lambdas/ports/store';
import { approvalKeys } from '#lambdas/record/keys';

const maximumGuesses = 5;

const guessNumbers = Array.from({ length: maximumGuesses }, (_, index) => index + 1);

/** 0 when the link is dead. */
export const guessesLeft = async (store: ArtifactStore, link: string): Promise<number> => {
  const used = await Promise.all(guessNumbers.map((number) => store.read(approvalKeys.guess(link, number))));
  return used.filter((guess) => guess === null).length;
};

const claimGuess = async (store: ArtifactStore, link: string): Promise<string | null> => {
  for (const number of guessNumbers) {
    const key = approvalKeys.guess(link, number);
    if (await store.writeIfAbsent(key, '{}\n')) return key;
  }
  return null;
};

export type Guess = 'right' | 'wrong' | 'none left';

/** A right code is no guess: its count is given back. */
export const guessCode = async (store: ArtifactStore, link: string, code: string, expected: string): Promise<Guess> => {
  const claimed = await claimGuess(store, link);
  if (claimed === null) return 'none left';
  if (!isSameSecret(code, expected)) return 'wrong';
  await store.remove(claimed);
  return 'right';
};
