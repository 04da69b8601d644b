import type { Browser } from 'playwright-core';
import { renderApprovalPage } from '#domain/approvals/approval-page';
import { emptyEntry } from '#domain/approvals/decision-form';
import { diagramOf } from '#domain/boxes/drawn-schema';
import { parseMigration } from '#domain/migration/parse-migration';
import { answer, document } from '#test/support/documents';
import { fillIn, foreign, hostileTexts } from '#test/support/hostile';
import { catalogOf, column, foreignKey, primaryKey, table } from '#test/unit/domain/catalog/objects';
import { launchChromium, photograph, withPage } from './chromium';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(() => browser?.close());

const shop = catalogOf(
  ...[table('public.users'), column('public.users.id', 1, { type: 'bigint', isNullable: false })],
  ...[column('public.users.email', 2, { type: 'text' }), primaryKey('public.users', 'id')],
  ...[table('public.orders'), column('public.orders.id', 1, { type: 'bigint', isNullable: false })],
  ...[column('public.orders.user_id', 2, { type: 'bigint' }), column('public.orders.price', 3, { type: 'integer' })],
  ...[primaryKey('public.orders', 'id'), foreignKey('public.orders.order_user', 'user_id', 'public.users', 'id')],
);

const sql = `-- Purpose: ${'notes of orders '.repeat(20)}
CREATE TABLE notes (note_id bigserial PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id), body varchar(2000));
ALTER TABLE orders ADD COLUMN note text, DROP COLUMN price, ALTER COLUMN user_id SET NOT NULL;
CREATE TABLE "a_${'very_long_'.repeat(5)}" (id bigint);

-- ROLLBACK
-- SELECT 1;
`;

const pageWith = async (words: string) => {
  const migration = await parseMigration('002_x.sql', Buffer.from(sql));
  const diagram = diagramOf({ migration, checks: null, catalog: shop, ledger: [] });
  const target = { projectId: foreign, branchId: foreign, database: foreign };
  const run = fillIn(
    {
      ...{ runId: 'run-1', migration: `001_${foreign}.sql`, version: '001', description: foreign, target },
      ...{ startedBy: foreign, startedAt: '2026-11-22T08:00:00.000Z', pullRequest: foreign },
      ...{ sha256: 's', rollbackSha256: 'r', checksSha256: null, approvalTimeoutSeconds: 3600, monitorSeconds: 60 },
    },
    words,
  );
  const failure = fillIn({ state: 'Step 8: Apply migration', error: foreign, cause: foreign }, words);
  return renderApprovalPage({
    request: {
      ...({ format: 2, runId: 'run-1', stage: 'review', run, requestedAt: '', binding: '', evidence: [] } as const),
      ...{
        expiresAt: '2026-11-23T08:00:00.000Z',
        attestations: ['2.1'] as const,
        approvers: [],
        sealedToken: '',
        failure,
      },
    },
    run,
    approver: words,
    sql: `${sql}\n${words}`,
    rollbackSql: words,
    documents: [
      document('02-schema-validation', {
        facts: { diagram },
        boxes: [answer('2.1', 'open', words), answer('2.2', 'failed', words)],
        findings: [{ rule: 'name-too-long', line: 4, message: words }],
      }),
    ],
    labelOf: (box) => box,
    entry: emptyEntry,
    problems: [],
    strange: [words],
    decisions: [],
  });
};

const sizes = [
  ['a phone in the dark', { viewport: { width: 360, height: 780 }, isMobile: true, colorScheme: 'dark' }],
  ['a desktop', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
] as const;

test.each(sizes)(
  'the diagram and hostile words fit on %s, and what is wider scrolls inside its own box',
  (name, options) =>
    withPage(browser, options, async ({ page, complaints }) => {
      const texts = [['nothing odd', 'a reason'] as const, ...hostileTexts];
      for (const [what, words] of texts) {
        await page.setContent(await pageWith(words));
        const overflow = await page.evaluate(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([what, overflow]).toEqual([what, 0]);
        expect(await page.locator('svg.schema').first().isVisible()).toBe(true);
        if (what === 'nothing odd' || what === 'a second mail')
          await photograph(page, `schema ${name} ${what}`.replaceAll(' ', '-'));
      }
      expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
    }),
  120_000,
);
