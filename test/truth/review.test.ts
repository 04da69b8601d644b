/** The small inputs on which Steps 1 to 3 said what was not so, each with the right verdict. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#test/support/project-root';
import { type Reviewed, withReviewer } from '#test/support/reviewed';
import { boxOf } from '#test/support/run-outcome';
import { withCase } from '#test/support/truth-case';

const folder = path.join(projectRoot, 'test/truth');
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const readIfThere = (name: string) => (existsSync(path.join(folder, name)) ? read(name) : '');

const statements: readonly (readonly [file: string, boxes: readonly string[], found: readonly RegExp[]])[] = [
  ['003_user_volatile_default', ['1.4', '3.2'], []],
  ['004_disable_trigger_all', ['1.4'], []],
  ['005_drop_primary_key', ['3.2'], [/^primary-key-dropped: public.orders loses its primary key \(order_id\)/]],
  ['006_no_primary_key', ['2.6'], [/^primary-key-missing: public.visits has no primary key/]],
  ['007_check_never_rejects', ['2.4'], [/^check-never-rejects: the constraint events_sources_check of public.events/]],
  ['010_recreate_trigger_on_new_table', ['1.4', '3.2'], []],
  ['011_short_lock_timeout', ['3.5'], []],
];

test('each small statement gets the right findings', () =>
  withReviewer(read('review/before.sql'), async (review) => {
    const seen: unknown[] = [];
    for (const [file, boxes] of statements)
      seen.push([file, (await review(read(`review/${file}.sql`))).findingsIn(...boxes)]);

    expect(seen).toEqual(statements.map(([file, , found]) => [file, found.map((one) => expect.stringMatching(one))]));
  }));

const works = (reviewed: Reviewed) =>
  ((reviewed.box('3.5')?.facts?.['locks'] ?? []) as { readonly work: string }[]).map(({ work }) => work);

test('a valid CHECK spares SET NOT NULL its scan, and a function of unknown volatility may rewrite', () =>
  withReviewer(read('review/before.sql'), async (review) => {
    expect(works(await review(read('review/002_not_null_after_valid_check.sql')))).toEqual(['none']);
    expect(works(await review(read('review/003_user_volatile_default.sql')))).toEqual(['rewrite']);
    expect(
      (
        await review(
          read('review/004_disable_trigger_all.sql').replace('ALTER TABLE orders ENABLE TRIGGER ALL;', 'SELECT 1;'),
        )
      ).findingsIn('1.4'),
    ).toEqual([expect.stringMatching(/DISABLE TRIGGER ALL on public.orders is not undone/)]);
  }));

const cases: readonly (readonly [name: string, file: string, boxes: readonly string[], found: readonly RegExp[]])[] = [
  ['5-search-path-in-the-file', '001_split_names', ['1.4', '2.3', '3.2'], []],
  [
    '9-row-security-without-policy',
    '001_secure_invoices',
    ['3.2'],
    [/^rows-hidden: row security is switched on for public.invoice, and no policy lets bugs_app SELECT, INSERT/],
  ],
  [
    '10-view-made-anew',
    '002_open_invoice_with_date',
    ['1.4', '3.2'],
    [/^lost-when-made-anew: view public.open_invoice is dropped and made anew: bugs_app loses SELECT/],
  ],
  ['11-index-attached-to-a-partitioned-one', '001_event_kind_index', ['1.4', '3.2'], []],
];

test.each(cases)('%s', (name, file, boxes, found) =>
  withReviewer(readIfThere(`cases/${name}/super.sql`) + read(`cases/${name}/setup.sql`), async (review) => {
    const reviewed = await review(read(`cases/${name}/migrations/${file}.sql`));

    expect(reviewed.findingsIn(...boxes)).toEqual(found.map((one) => expect.stringMatching(one)));
  }),
);

test('a dump of a schema as the first migration makes everything that it speaks of', () =>
  withReviewer('', async (review) => {
    const reviewed = await review(read('cases/15-baseline-of-pg-dump/migrations/001_baseline.sql'));

    expect(reviewed.findingsIn('1.4', '2.2', '2.3', '2.6', '3.1', '3.2', '3.4', '3.5', '3.6')).toEqual([]);
    expect(reviewed.box('3.1')?.reason).toBe('affects no existing table; creates public.invoice');
  }));

test('a dump with many kinds of objects makes everything that it speaks of', () =>
  withReviewer('', async (review) => {
    const reviewed = await review(read('baselines/many-kinds.sql'));
    const shown = ['1.4', '1.7', '2.2', '2.3', '2.4', '2.5', '2.6', '3.1', '3.2', '3.4', '3.5', '3.6'];

    expect(reviewed.findingsIn(...shown)).toEqual([]);
    expect(reviewed.box('3.1')?.reason).toMatch(/^affects no existing table; creates shop.customer, /);
  }));

test('a name without a schema means what the search_path of the database makes it mean', () =>
  withCase('5-search-path-in-the-file', {}, async (truthCase) => {
    const file = path.join(truthCase.migrations, '001_split_names.sql');
    writeFileSync(file, readFileSync(file, 'utf8').replace('SET search_path = app, public;', 'SELECT 1;'));
    await truthCase.owner(`ALTER DATABASE ${truthCase.database} SET search_path = app, public`);

    const { ends, report } = await truthCase.run();

    expect(ends).toMatchObject([{ isSignedOff: true }]);
    for (const box of ['1.4', '3.2', '7.2', '13.2']) expect(boxOf(report, box)).toMatchObject({ answer: 'proved' });
    expect(boxOf(report, '3.1')?.reason).toMatch(/app\.person/);
    expect(boxOf(report, '6.2')?.reason).not.toMatch(/surprise|not predicted/);
  }));

test.each(['5-search-path-in-the-file', '11-index-attached-to-a-partitioned-one'])(
  '%s: the whole run answers 1.4, 3.2 and 13.2 alike',
  (name) =>
    withCase(name, {}, async (truthCase) => {
      const { ends, report } = await truthCase.run();

      expect(ends).toMatchObject([{ isSignedOff: true }]);
      for (const box of ['1.4', '3.2', '13.2']) expect(boxOf(report, box)).toMatchObject({ answer: 'proved' });
    }),
);
