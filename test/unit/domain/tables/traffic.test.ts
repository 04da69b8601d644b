import type { TableStatistics } from '#domain/tables/statistics';
import { trafficBetween } from '#domain/tables/traffic';

const jobs = (differing: Partial<TableStatistics>): TableStatistics => ({
  table: 'public.jobs',
  sizeBytes: 8192,
  estimatedRows: 10,
  countedSeconds: 86_400,
  sequentialScans: 0,
  indexScans: 0,
  rowsWritten: 0,
  ...differing,
});

const reading = (minute: string, ...statistics: TableStatistics[]) => ({
  takenAt: `2026-11-22T09:${minute}:00.000Z`,
  statistics,
});

test('a load of rows before the earlier reading is no traffic of now', () => {
  const earlier = reading('00', jobs({ rowsWritten: 1_000_000, indexScans: 500 }));
  const later = reading('10', jobs({ rowsWritten: 1_000_006, indexScans: 560 }));

  expect(trafficBetween(earlier, later)).toEqual([jobs({ rowsWritten: 6, indexScans: 60, countedSeconds: 600 })]);
});

test('over 60 s a rate can be told, over less it cannot', () => {
  const now = jobs({ rowsWritten: 7 });
  const after = (takenAt: string) =>
    trafficBetween(reading('00', jobs({ rowsWritten: 1 })), { takenAt, statistics: [now] });

  expect(after('2026-11-22T09:01:00.000Z')).toEqual([jobs({ rowsWritten: 6, countedSeconds: 60 })]);
  expect(after('2026-11-22T09:00:59.999Z')).toEqual([now]);
});

test.each([
  ['no earlier reading', null],
  ['one of just now', reading('10', jobs({ rowsWritten: 1 }))],
  ['one from before counting began anew', reading('00', jobs({ rowsWritten: 100 }))],
  ['one without the table', reading('00')],
])('with %s the later figures stand', (_, earlier) => {
  const now = jobs({ rowsWritten: 7 });

  expect(trafficBetween(earlier, reading('10', now))).toEqual([now]);
});
