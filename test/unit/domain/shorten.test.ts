import { firstLines, shortened, shortenMessage } from '#domain/shorten';

test('a text that fits stays as it is, and of a longer one is said how much is left out', () => {
  expect(shortened('abcd', 4)).toBe('abcd');
  expect(shortened('abcdef', 4)).toBe('abcd… (2 characters more)');
});

test('the first lines stand, and a last one counts the others and says where they are', () => {
  const bounds = { most: 2, characters: 3, where: 'in the report' };

  expect(firstLines(['a', 'b'], bounds)).toEqual(['a', 'b']);
  expect(firstLines(['a', 'bcde', 'c', 'd'], bounds)).toEqual([
    'a',
    'bcd… (1 characters more)',
    '… and 2 more in the report',
  ]);
});

test("an error's message of any length becomes one that a state can hold", () => {
  const error = new Error('x'.repeat(300_000));
  shortenMessage(error);

  expect(error.message).toHaveLength(8_000 + '… (292000 characters more)'.length);
});
