import { lastPartOf, namesOf, parentOf, partsOf } from '#domain/catalog/identifiers';

test.each([
  ['public.jobs.status', ['public', 'jobs', 'status'], 'public.jobs', 'status'],
  ['public."a.b"."c""d"', ['public', 'a.b', 'c"d'], 'public."a.b"', '"c""d"'],
  ['citext', ['citext'], '', 'citext'],
])('%s is taken apart', (identity, parts, parent, last) => {
  expect([partsOf(identity), parentOf(identity), lastPartOf(identity)]).toEqual([parts, parent, last]);
});

test.each([
  ['id, "a,b", "x""y"', ['id', 'a,b', 'x"y']],
  [', id', ['', 'id']],
  ['', ['']],
])('the list %s is taken apart', (list, names) => {
  expect(namesOf(list)).toEqual(names);
});
