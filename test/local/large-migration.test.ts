/**
 * A migration of a thousand statements with five thousand findings goes through, and nothing outgrows what takes it: a state's
 * result, a page that a Lambda answers, a mail.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mostPageBytes } from '#domain/html/extent';
import { mostBytes } from '#local/engine/limits';
import { startRun } from '#local/runs';
import { listMails } from '#local/web/mail-folder';
import type { SignOff } from '#statemachine/contract';
import { answerMails } from '#test/support/answer-mails';
import { withRuntime, withSandbox } from '#test/support/local-run';
import { reportOf } from '#test/support/run-outcome';

/** A Lambda's answer, which is JSON. */
const mostAnswerBytes = 6 * 1024 * 1024;

const [tables, columns, statements] = [100, 24, 1_000];

/** Tables as nobody should write them, two findings for each column, and comments enough for a thousand statements. */
const largeMigration = () => {
  const up: string[] = [];
  for (let table = 0; table < tables; table++) {
    const own = Array.from({ length: columns }, (_, column) => `"At_${column}" timestamp`);
    up.push(
      `-- Table ${table} of the import\nCREATE TABLE "Table_${table}" (id serial PRIMARY KEY, Name text, data json, ${own.join(', ')}, amount float, CHECK (amount > 0));`,
    );
  }
  for (let column = 0; up.length < statements; column++)
    up.push(
      `COMMENT ON COLUMN "Table_${column % tables}"."At_${Math.floor(column / tables)}" IS 'the moment number ${column}';`,
    );
  const down = Array.from({ length: tables }, (_, table) => `--   DROP TABLE "Table_${tables - 1 - table}";`);
  return `-- Purpose: a large import\n\n${up.join('\n\n')}\n\n-- ROLLBACK:\n${down.join('\n')}\n`;
};

test('a large migration is signed off, and every result, page and mail of its run stays within its bounds', async () => {
  await withSandbox(async (sandbox) => {
    const folder = path.join(sandbox.project, 'migrations');
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await writeFile(path.join(folder, '001_large_import.sql'), largeMigration());
    const results: (readonly [functionName: string, bytes: number])[] = [];
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      const result = await call();
      const bytes = Math.max(...[payload, result ?? null].map((one) => Buffer.byteLength(JSON.stringify(one))));
      results.push([functionName, bytes]);
      return result;
    };
    await withRuntime(sandbox, { intercept, answering: false }, async (runtime) => {
      const pages: string[] = [];
      const stop = answerMails(runtime, (_, page) => {
        pages.push(page);
        return 'approved';
      });
      const end = await startRun(runtime, '001_large_import.sql').finally(stop);

      expect(end).toMatchObject({ isSignedOff: true, message: 'signed off with exceptions' });
      const report = await reportOf(runtime, end);
      expect(report.rehearsal?.statements.length).toBeGreaterThanOrEqual(statements);
      expect(report.findings.length).toBeGreaterThanOrEqual(5_000);

      const { output } = await runtime.engine.waitFor(end.executionArn);
      const { issuesFound, issuesCount } = output as SignOff;
      expect(issuesCount).toBe(report.signOff.issuesFound.length);
      expect(issuesFound.at(-1)).toBe(`… and ${issuesCount - 20} more in the report`);
      // Ids and hashes travel, and of everything else the first lines: far from the bound, not just below it.
      expect(results.filter(([, bytes]) => bytes > mostBytes / 8)).toEqual([]);
      expect(results.length).toBeGreaterThan(20);

      expect(pages).toHaveLength(2);
      for (const page of pages) {
        expect(Buffer.byteLength(page)).toBeLessThanOrEqual(mostPageBytes);
        expect(Buffer.byteLength(JSON.stringify({ statusCode: 200, body: page }))).toBeLessThan(mostAnswerBytes);
      }
      const mails = await Promise.all(
        (await listMails(runtime.mailDirectory)).map((name) => readFile(path.join(runtime.mailDirectory, name))),
      );
      expect(mails.length).toBeGreaterThan(2);
      for (const mail of mails) expect(mail.length).toBeLessThan(100_000);
      const html = await runtime.ports.store.read(`runs/${end.runId}/report.html`);
      expect(html?.length).toBeLessThan(20_000_000);
    });
  });
}, 600_000);
