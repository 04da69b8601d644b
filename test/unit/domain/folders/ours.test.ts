import { InvalidInput } from '#domain/errors';
import { listOurs } from '#domain/folders/ours';

test('names are listed by version, however many digits it has; those without one stand in front', () => {
  const names = ['10_c.sql', '20261129190000000002_e.sql', '9_b.sql', '20261129190000000001_d.sql', 'notes.sql'];

  expect(listOurs([...names, '9_b.checks.sql', 'README.md', 'a.sql.bak'])).toEqual([
    'notes.sql',
    '9_b.sql',
    '10_c.sql',
    '20261129190000000001_d.sql',
    '20261129190000000002_e.sql',
  ]);
});

test('checks of no migration are refused, since their tests would never run', () => {
  const list = () => listOurs(['001_a.sql', '002_b.checks.sql']);

  expect(list).toThrow(InvalidInput);
  expect(list).toThrow(/^002_b\.checks\.sql belongs to no migration: there is no 002_b\.sql beside it/);
});
