import { planPublication } from '#commands/publish/plan-publication';

test('each file of either side is listed once, by version', () => {
  const folder = [
    { name: '10_c.sql', sha256: 'c' },
    { name: '2_b.sql', sha256: 'edited' },
    { name: '1_a.sql', sha256: 'a' },
  ];
  const published = [
    { name: '1_a.sql', sha256: 'a' },
    { name: '2_b.sql', sha256: 'b' },
    { name: '2_old.sql', sha256: 'o' },
  ];

  expect(planPublication(folder, published)).toEqual([
    { name: '1_a.sql', change: 'unchanged' },
    { name: '2_b.sql', change: 'changed' },
    { name: '2_old.sql', change: 'gone' },
    { name: '10_c.sql', change: 'new' },
  ]);
});

test('a file that differs from the published one in its line ends alone is left as it was published', () => {
  const published = [{ name: '1_a.sql', sha256: 'with LF', textSha256: 'text' }];

  expect(planPublication([{ name: '1_a.sql', sha256: 'with CRLF', textSha256: 'text' }], published)).toEqual([
    { name: '1_a.sql', change: 'unchanged' },
  ]);
  expect(planPublication([{ name: '1_a.sql', sha256: 'edited', textSha256: 'another' }], published)).toEqual([
    { name: '1_a.sql', change: 'changed' },
  ]);
});
