import { guessCode, guessesLeft } from '#lambdas/approvals/guess-code';
import { memoryStore } from '#test/support/fake-ports';

const link = 'a'.repeat(43);
const code = 'ACDEFGHJ';

test('a wrong code is one guess of five', async () => {
  const store = memoryStore();

  const guesses = [];
  for (let guess = 0; guess < 6; guess += 1) guesses.push(await guessCode(store, link, 'XXXXXXXX', code));

  expect(guesses).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'none left']);
  expect(await guessesLeft(store, link)).toBe(0);
});

test('a right code is no guess: when it is answered, its count was given back', async () => {
  const store = memoryStore();
  await guessCode(store, link, 'XXXXXXXX', code);
  const before = store.texts();

  expect(await guessCode(store, link, code, code)).toBe('right');

  expect(store.texts()).toEqual(before);
  expect(await guessesLeft(store, link)).toBe(4);
});

test('with no guess left the right code is none either', async () => {
  const store = memoryStore();
  for (let guess = 0; guess < 5; guess += 1) await guessCode(store, link, 'XXXXXXXX', code);

  expect(await guessCode(store, link, code, code)).toBe('none left');
});

test('the guesses of one link are not those of another', async () => {
  const store = memoryStore();
  await guessCode(store, link, 'XXXXXXXX', code);

  expect(await guessesLeft(store, 'b'.repeat(43))).toBe(5);
});
