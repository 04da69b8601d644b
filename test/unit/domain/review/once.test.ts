import { once } from '#domain/review/once';

test('what several ask of the same thing is worked out once, and of each thing by itself', () => {
  const asked: string[] = [];
  const lengthOf = once(({ name }: { readonly name: string }) => asked.push(name) && name.length);
  const [short, long] = [{ name: 'a' }, { name: 'abc' }];

  const answers = [short, long, short, { ...long }].map(lengthOf);

  expect(answers).toEqual([1, 3, 1, 3]);
  expect(asked).toEqual(['a', 'abc', 'abc']);
});

test('an answer of nothing is an answer too', () => {
  let times = 0;
  const nothing = once((_: object) => {
    times += 1;
    return undefined;
  });
  const about = {};

  nothing(about);
  nothing(about);

  expect(times).toBe(1);
});
