/** What follows from other facts is worked out from them; where they are missing, a document of before keeps what it says. */
import { derivedFacts, sourcesOf, withoutSources } from '#domain/boxes/derived';
import { rooms } from '#domain/boxes/rooms';
import { catalogOf, column, table } from '../catalog/objects';

const contents = (rows: number) => [
  {
    oid: 1,
    table: 'public.jobs',
    rows,
    digest: `d${rows}`,
    columns: [{ attnum: 1, name: 'id', values: rows, digest: `c${rows}` }],
  },
];
const nothing = { sequences: [], unreadSequences: [], largeObjects: [] };
const reached = { key: 'runs/run-1/artifacts/catalog-after-up-to-1.json', sha256: 'c0de' };

const before = { catalogBefore: catalogOf(table('jobs')), contentsBefore: contents(5), outsideBefore: nothing };
const point = {
  unit: 1,
  reached,
  failure: null,
  catalog: catalogOf(table('jobs')),
  contents: contents(5),
  outside: nothing,
};

test('what was lost, and how the way back from a restart point ended, follows from what was seen there', () => {
  const lost = derivedFacts('13-test-rollback', {
    ...{
      contentsAfterUp: contents(5),
      contentsAfterDown: contents(3),
      outsideAfterUp: nothing,
      outsideAfterDown: nothing,
    },
    ...before,
    restartPoints: [
      point,
      { ...point, unit: 2, contents: contents(3) },
      { ...point, unit: 3, catalog: catalogOf(table('jobs'), column('jobs.left_behind', 2)) },
      { unit: 4, reached, failure: 'relation "jobs" does not exist', catalog: null, contents: null, outside: null },
    ],
  });

  expect(lost).toMatchObject({
    dataLoss: { grade: 'lost' },
    rows: { changed: ['public.jobs: 5 rows became 3'] },
    restarts: [
      { unit: 1, reached, verdict: 'exact', told: [], rows: { changed: [] } },
      { unit: 2, verdict: 'exact', told: ['public.jobs: 5 rows became 3'] },
      { unit: 3, verdict: 'differs' },
      { unit: 4, verdict: 'fails', told: ['relation "jobs" does not exist'], rows: null },
    ],
  });
});

test('a document of before has nothing that follows, and what it keeps without its sources is told', () => {
  const older = { statements: [], dataLoss: { grade: 'nothing lost', losses: [], notCompared: [] } };

  expect(derivedFacts('06-dry-run', older)).toEqual({});
  expect(withoutSources('06-dry-run', older)).toEqual([
    { fact: 'dataLoss', missing: ['contentsBefore', 'contentsAfter', 'outsideBefore', 'outsideAfter'] },
  ]);
});

test('whatever a box needs of rows is worked out, not believed', () => {
  const needed = Object.entries(rooms).flatMap(([name, room]) =>
    (Object.values(room) as readonly { readonly needs: readonly string[] }[]).flatMap(({ needs }) =>
      needs.map((fact) => [name, fact] as const),
    ),
  );
  const ofRows = needed.filter(([, fact]) => ['dataLoss', 'rows', 'untouched', 'restarts', 'assessed'].includes(fact));

  expect(ofRows.length).toBeGreaterThan(5);
  expect(ofRows.filter(([name, fact]) => sourcesOf(name as keyof typeof rooms, fact).length === 0)).toEqual([]);
});
