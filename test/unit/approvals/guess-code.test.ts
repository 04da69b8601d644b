import { hashSecret } from '#domain/approvals/secrets';
import { guessCode, guessesLeft } from '#lambdas/approvals/guess-code';
import { memoryStore } from '#test/support/fake-ports';

const link = 'a'.repeat(43);
const asked = { link, codeSha256: hashSecret('ACDEFGHJ') };

test('a wrong code is one guess of five', async () => {
  const store = memoryStore();

  const guesses = [];
  for (let guess = 0; guess < 6; guess += 1) guesses.push(await guessCode(store, asked, 'XXXXXXXX'));

  expect(guesses).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'none left']);
  expect(await guessesLeft(store, link)).toBe(0);
});

test('a right code is no guess: when it is answered, its count was given back', async () => {
  const store = memoryStore();
  await guessCode(store, asked, 'XXXXXXXX');
  const before = store.texts();

  expect(await guessCode(store, asked, 'ACDEFGHJ')).toBe('right');

  expect(store.texts()).toEqual(before);
  expect(await guessesLeft(store, link)).toBe(4);
});

test('with no guess left the right code is none either', async () => {
  const store = memoryStore();
  for (let guess = 0; guess < 5; guess += 1) await guessCode(store, asked, 'XXXXXXXX');

  expect(await guessCode(store, asked, 'ACDEFGHJ')).toBe('none left');
});

test('the guesses of one link are not those of another', async () => {
  const store = memoryStore();
  await guessCode(store, asked, 'XXXXXXXX');

  expect(await guessesLeft(store, 'b'.repeat(43))).toBe(5);
});
