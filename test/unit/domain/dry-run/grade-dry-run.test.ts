import { gradeDryRun, outcomesInWords } from '#domain/dry-run/grade-dry-run';
import { heldLock, statementRun } from '#test/support/statement-run';

test('an index is told with its table, whatever the names are, and an empty table refutes nothing', () => {
  const statements = [
    statementRun({ locks: [heldLock('AccessExclusiveLock', 5, 'public.My index')] }),
    statementRun({ index: 1, line: 9, rowsWritten: 2 }),
  ];
  const index = { kind: 'index', identity: 'public."My index"', definition: { table: 'public."My table"' } };
  const predictions = [
    {
      index: 0,
      kind: 'AlterTableStmt',
      locks: [{ table: 'public.My table', mode: 'AccessExclusiveLock', work: 'scan' } as const],
    },
  ];

  const assessed = gradeDryRun(statements, predictions, {
    catalog: { objects: [index] },
    contents: [{ oid: 1, table: 'public."My table"', rows: 0, digest: null, columns: [] }],
    traffic: [],
  });

  expect(assessed[0]).toMatchObject({ outcome: 'confirmed', locks: [{ table: 'public.My table' }] });
  expect(outcomesInWords(assessed)).toBe('1 confirmed, 1 worse (line 9)');
});
