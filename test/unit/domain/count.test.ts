import { count } from '#domain/count';

test('one is singular, none and many are plural, also where the plural is irregular', () => {
  expect([0, 1, 2].map((number) => count(number, 'row'))).toEqual(['0 rows', '1 row', '2 rows']);
  expect(count(1, 'box', 'boxes')).toBe('1 box');
  expect(count(61, 'box', 'boxes')).toBe('61 boxes');
});
