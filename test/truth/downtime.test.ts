/** Who waits is judged by the kind of work and by production's size, not by staging's. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Answer } from '#domain/evidence/document';
import { boxOf } from '#test/support/run-outcome';
import { type TruthCase, withCase } from '#test/support/truth-case';

const table = (name: string, rows: number, bytes: number) => ({
  table: `public.${name}`,
  rows,
  heapBytes: bytes,
  indexBytes: bytes / 2,
  toastBytes: 0,
});

const giveSizes = ({ directory }: TruthCase, tables: readonly ReturnType<typeof table>[]) =>
  writeFile(
    path.join(directory, 'production-statistics.json'),
    JSON.stringify({
      ...{ format: 1, takenAt: '2026-11-29T10:00:00.000Z', serverVersion: '17.2', database: 'shop' },
      tables,
    }),
  );

const large = [table('orders', 2_100_000, 1_500_000_000), table('customers', 50_000, 10_000_000)];

test('an UPDATE of all rows stops whoever writes one of them until its commit', () =>
  withCase('full-update-proved', {}, async (truthCase) => {
    const { report } = await truthCase.run();
    const downtime = boxOf(report, '3.5');

    expect(downtime?.answer).not.toBe('proved' satisfies Answer);
    expect(downtime?.reason).toMatch(/locks on 500,000 rows of public\.orders.* stops writers of these rows/);
    expect(downtime?.reason).toContain('Remedy: change the rows in batches');
  }));

test('five hazards on 1,000 rows prove nothing of production: the boxes are open, with what each grows with', () =>
  withCase('small-staging', {}, async (truthCase) => {
    const { report } = await truthCase.run();
    const downtime = boxOf(report, '3.5');

    expect(downtime?.answer).toBe('open' satisfies Answer);
    expect(downtime?.reason).toMatch(/public\.orders \(every row is written anew; .* per 1,000 rows here/);
    expect(downtime?.reason).toContain('npm run statistics');
    expect(boxOf(report, '3.4')).toMatchObject({ answer: 'open' });
  }));

test("with production's sizes the same five hazards fail, and the time there is told", () =>
  withCase('small-staging', {}, async (truthCase) => {
    await giveSizes(truthCase, large);

    const { report } = await truthCase.run();
    const downtime = boxOf(report, '3.5');

    expect(downtime?.answer).toBe('failed' satisfies Answer);
    expect(downtime?.reason).toMatch(/about .* in production \(1,000 rows of public\.orders here, 2,100,000 there/);
    expect(boxOf(report, '3.4')?.reason).toMatch(/in production about/);
  }));

test('where production is as small as staging, the same five hazards are proved to be borne', () =>
  withCase('small-staging', {}, async (truthCase) => {
    await giveSizes(truthCase, [table('orders', 1_000, 65_536), table('customers', 100, 8_192)]);

    const { report } = await truthCase.run();

    expect(boxOf(report, '3.5')).toMatchObject({ answer: 'proved' satisfies Answer });
  }));

test('a table that the file does not hold is named, and its box is open', () =>
  withCase('small-staging', {}, async (truthCase) => {
    await giveSizes(truthCase, [table('customers', 100, 8_192)]);

    const { report } = await truthCase.run();

    expect(boxOf(report, '3.5')).toMatchObject({
      answer: 'open' satisfies Answer,
      reason: expect.stringContaining('public.orders is not in production-statistics.json'),
    });
  }));
