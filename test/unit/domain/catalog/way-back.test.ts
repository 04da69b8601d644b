import { canRunAgain, comparisonInWords, firstEntries, gradeWayBack, wayBackInWords } from '#domain/catalog/way-back';
import { catalogOf, column, index, object, table } from './objects';

const isExact = 'the catalog after the rollback equals the catalog before the migration, exactly';
const isNot = 'the catalog after the rollback differs from the catalog before the migration';

const mood = (labels: string) => object('type', 'public.mood', { form: 'enum', labels });
const sequence = (name: string) => object('sequence', `public.${name}`, { type: 'integer', ownedBy: 'public.jobs.n' });
const serial = (name: string) => [
  column('public.jobs.n', 1, { default: `nextval('public.${name}'::regclass)` }),
  sequence(name),
];

const jobs = table('public.jobs');
const byKey = index('public.jobs_key_idx', 'public.jobs', 'key');

const exact = gradeWayBack(catalogOf(jobs), catalogOf(jobs));
const harmless = gradeWayBack(
  catalogOf(column('public.a.x', 1), column('public.a.y', 2)),
  catalogOf(column('public.a.x', 2), column('public.a.y', 1)),
);
const irreversible = gradeWayBack(
  catalogOf(...serial('jobs_n_seq'), mood(`'sad'`)),
  catalogOf(...serial('jobs_n_seq1'), mood(`'sad', 'ok'`)),
);
const differs = gradeWayBack(catalogOf(jobs, byKey), catalogOf(jobs, table('public.left')));

test('the same catalog is exact, and nothing is missing', () => {
  expect(exact).toEqual({ verdict: 'exact', differences: [], orphans: [], restoringSql: [], byHand: [] });
  expect(wayBackInWords(exact)).toBe(isExact);
  expect(comparisonInWords(exact)).toBe(isExact);
});

test('a harmless difference is named, and no SQL is asked for', () => {
  expect(harmless).toMatchObject({ verdict: 'harmless', orphans: [], restoringSql: [], byHand: [] });
  expect(harmless.differences).toEqual([expect.stringMatching(/^harmless: .*public\.a/)]);
  expect(wayBackInWords(harmless)).toBe(harmless.differences.join('; '));
  expect(comparisonInWords(harmless)).toBe(`${isNot}: ${harmless.differences.join('; ')}`);
});

test('what cannot be undone comes before what does no harm, and a renamed sequence is no orphan', () => {
  expect(irreversible).toMatchObject({ verdict: 'irreversible by design', orphans: [], restoringSql: [] });
  expect(irreversible.differences.map((text) => text.split(':')[0])).toEqual(['irreversible by design', 'harmless']);
  expect(wayBackInWords(irreversible)).toMatch(/^irreversible by design: .*public\.mood.*; harmless: /);
  expect(comparisonInWords(irreversible)).toBe(`${isNot}: ${wayBackInWords(irreversible)}`);
});

test('what was left and what was lost are told with the statements that would put them right', () => {
  expect(differs).toMatchObject({
    verdict: 'differs',
    orphans: ['table public.left'],
    restoringSql: ['DROP TABLE public.left', 'CREATE INDEX jobs_key_idx ON public.jobs USING btree (key)'],
    byHand: [],
  });
  expect(differs.differences).toEqual([
    '- CREATE INDEX jobs_key_idx ON public.jobs USING btree (key)',
    '+ CREATE TABLE public.left ()',
  ]);
  expect(wayBackInWords(differs)).toMatch(
    /^differs: - CREATE INDEX .*; \+ CREATE TABLE public\.left \(\); the rollback lacks: DROP TABLE public\.left;.* CREATE INDEX jobs_key_idx ON public\.jobs USING btree \(key\)$/,
  );
  expect(comparisonInWords(differs)).toBe(`${isNot}: ${wayBackInWords(differs).replace('differs: ', '')}`);
});

test('what the grading excuses is told behind what differs, and is not among what is missing', () => {
  const way = gradeWayBack(
    catalogOf(column('public.a.x', 1), column('public.a.y', 2)),
    catalogOf(column('public.a.x', 2), column('public.a.y', 1), table('public.left')),
  );

  expect(way).toMatchObject({ verdict: 'differs', restoringSql: ['DROP TABLE public.left'] });
  expect(way.differences).toEqual(['+ CREATE TABLE public.left ()', expect.stringMatching(/^harmless: /)]);
});

test('what no SQL is known for is left to a person, by name', () => {
  const lost = object('operator class', 'public.own_ops', {});

  const way = gradeWayBack(catalogOf(lost), catalogOf());

  expect(way).toMatchObject({
    restoringSql: [],
    byHand: ['the SQL that restores OPERATOR CLASS public.own_ops has to be written by hand'],
  });
  expect(wayBackInWords(way)).toMatch(
    /^differs: - OPERATOR CLASS public\.own_ops.*; the SQL that restores OPERATOR CLASS public\.own_ops has to be written by hand$/,
  );
  expect(wayBackInWords(way)).not.toContain('missing in the rollback');
});

test('of many entries ten are told, and how many more there are', () => {
  const entries = Array.from({ length: 12 }, (_, position) => `entry ${position + 1}`);

  expect(firstEntries(entries.slice(0, 10))).toBe(entries.slice(0, 10).join('; '));
  expect(firstEntries(entries.slice(0, 11))).toBe(`${entries.slice(0, 10).join('; ')}; and 1 more`);
  expect(firstEntries(entries)).toMatch(/^entry 1; .*; entry 10; and 2 more$/);
});

test('of many differences and statements ten each are told; the verdict holds all', () => {
  const many = Array.from({ length: 12 }, (_, position) => table(`public.t${position}`));

  const way = gradeWayBack(catalogOf(), catalogOf(...many));
  const [differing, missing] = wayBackInWords(way).split('the rollback lacks: ');

  expect(differing?.match(/public\.t\d+/g)).toHaveLength(10);
  expect(differing).toMatch(/; and 2 more; $/);
  expect(missing?.match(/DROP TABLE/g)).toHaveLength(10);
  expect(missing).toMatch(/; and 2 more$/);
  expect(way.differences).toHaveLength(12);
  expect(way.restoringSql).toHaveLength(12);
});

test('a migration can run again after a way back that leaves nothing in its way', () => {
  expect([exact, harmless, irreversible, differs].map(({ verdict }) => canRunAgain(verdict))).toEqual([
    ...[true, true, false, false],
  ]);
});
