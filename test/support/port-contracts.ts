/** What every implementation of a port must do, whatever it is made of: run by test/unit/contracts/ports.test.ts for each of them. */
import { InvalidInput, StoreFailed, TaskNoLongerWaiting } from '#domain/errors';
import { isSignedBy, signers } from '#domain/signatures/signature';
import type { Mail, ProjectDocuments, Schedule, Secrets, TaskCallback } from '#lambdas/ports/people';
import type { Signing } from '#lambdas/ports/signing';
import type { MigrationSource } from '#lambdas/ports/store';
import { parseMail } from '#local/web/mail-file';

/** Makes what is tested, hands it over and takes it down afterwards. */
export type With<T> = (work: (tested: T) => Promise<void>) => Promise<void>;

export const testMigrationSource = (
  name: string,
  withSource: (
    files: Readonly<Record<string, string>>,
    work: (source: MigrationSource) => Promise<void>,
  ) => Promise<void>,
): void => {
  test(`${name} lists migrations by version, without checks files and what is no SQL`, () =>
    withSource(
      { '10_c.sql': '', '002_b.sql': '', '001_a.sql': '', '001_a.checks.sql': '', 'README.md': '' },
      async (source) => {
        expect(await source.list()).toEqual(['001_a.sql', '002_b.sql', '10_c.sql']);
      },
    ));

  test(`${name} reads the exact bytes, of checks files too, and null for what is not there`, () =>
    withSource({ '001_a.sql': '-- Größe\r\n', '001_a.checks.sql': '-- test: x' }, async (source) => {
      expect(await source.read('001_a.sql')).toEqual(Buffer.from('-- Größe\r\n'));
      expect((await source.read('001_a.checks.sql'))?.toString()).toBe('-- test: x');
      expect(await source.read('002_b.sql')).toBeNull();
    }));

  test.each(['../001_a.sql', 'old/001_a.sql', '/001_a.sql'])(`${name} takes %j for no migration`, (path) =>
    withSource({ '001_a.sql': 'x' }, async (source) => {
      expect(await source.read(path)).toBeNull();
    }),
  );
};

export const testProjectDocuments = (name: string, withDocuments: With<ProjectDocuments>): void => {
  test(`${name} writes documents, also in folders, reads them back and says where they are`, () =>
    withDocuments(async (documents) => {
      const where = await documents.write('ops/postmortems/run-1.md', '# Größe\n');

      expect(where).toMatch(/ops\/postmortems\/run-1\.md$/);
      expect(await documents.read('ops/postmortems/run-1.md')).toBe('# Größe\n');
    }));

  test(`${name} replaces a document, and knows nothing of one that was never written`, () =>
    withDocuments(async (documents) => {
      await documents.write('docs/decisions.md', 'a long first text');
      await documents.write('docs/decisions.md', 'second');

      expect(await documents.read('docs/decisions.md')).toBe('second');
      expect(await documents.read('docs/schema.md')).toBeNull();
    }));

  test.each(['../outside.md', 'docs/../../outside.md'])(`${name} refuses %j, which leads out of the project`, (path) =>
    withDocuments(async (documents) => {
      await expect(documents.write(path, 'x')).rejects.toThrow(StoreFailed);
    }),
  );
};

export type TestedSchedule = {
  readonly schedule: Schedule;
  /** What the function was called with, as soon as it was called so often with an input that fits. */
  called(times: number, fits?: (input: unknown) => boolean): Promise<readonly unknown[]>;
};

export const testSchedule = (name: string, withSchedule: With<TestedSchedule>): void => {
  const inAnHour = () => new Date(Date.now() + 3_600_000);
  const definition = (input: unknown) => ({
    name: 'monitor-run-1',
    calls: 'SampleActivity' as const,
    everySeconds: 0.01,
    until: inAnHour(),
    input,
  });

  test(`${name} calls the function with its input, again and again until it is removed`, () =>
    withSchedule(async ({ schedule, called }) => {
      await schedule.create(definition({ runId: 'run-1' }));
      const inputs = await called(3);
      await schedule.remove('monitor-run-1');

      expect(inputs).toEqual([{ runId: 'run-1' }, { runId: 'run-1' }, { runId: 'run-1' }]);
    }));

  test(`${name} is made once, however often it is asked for under one name`, () =>
    withSchedule(async ({ schedule, called }) => {
      await schedule.create(definition({ asked: 'first' }));
      await schedule.create(definition({ asked: 'second' }));
      const inputs = await called(2);
      await schedule.remove('monitor-run-1');

      expect(inputs).toEqual([{ asked: 'first' }, { asked: 'first' }]);
    }));

  test(`${name} has nothing against removing what is not there, twice or beside another one`, () =>
    withSchedule(async ({ schedule, called }) => {
      await schedule.remove('monitor-run-1');
      await schedule.create(definition('first'));
      await schedule.remove('monitor-run-1');
      await schedule.remove('monitor-run-1');
      await schedule.create({ ...definition('other'), name: 'monitor-run-2' });

      const inputs = await called(3, (input) => input === 'other');
      await schedule.remove('monitor-run-2');

      expect(inputs).toEqual(['other', 'other', 'other']);
    }));
};

export type TestedCallback = {
  readonly callback: TaskCallback;
  /** Starts an execution that waits; hands over its token and how it ends. */
  waiting(): Promise<{
    readonly token: string;
    ended(): Promise<{ status: string; output?: unknown; error?: string; cause?: string }>;
  }>;
  /** A token whose time was over before anybody answered. */
  expired(): Promise<string>;
};

export const testTaskCallback = (name: string, withCallback: With<TestedCallback>): void => {
  test(`${name} hands an answer to the waiting task`, () =>
    withCallback(async ({ callback, waiting }) => {
      const { token, ended } = await waiting();
      await callback.succeed(token, { decision: 'approved', by: 'Zoë' });

      expect(await ended()).toMatchObject({ status: 'SUCCEEDED', output: { decision: 'approved', by: 'Zoë' } });
    }));

  test(`${name} lets the waiting task fail under the name that it is given`, () =>
    withCallback(async ({ callback, waiting }) => {
      const { token, ended } = await waiting();
      await callback.fail(token, { name: 'ApprovalInvalid', cause: 'the evidence was changed' });

      expect(await ended()).toMatchObject({
        status: 'FAILED',
        error: 'ApprovalInvalid',
        cause: 'the evidence was changed',
      });
    }));

  test(`${name} says that nobody waits any more: answered, expired, or never known`, () =>
    withCallback(async ({ callback, waiting, expired }) => {
      const { token, ended } = await waiting();
      await callback.succeed(token, 'the first answer');
      await ended();

      for (const gone of [token, await expired(), 'a token of nobody']) {
        await expect(callback.succeed(gone, 'too late')).rejects.toThrow(TaskNoLongerWaiting);
        await expect(callback.fail(gone, { name: 'x', cause: 'y' })).rejects.toThrow(TaskNoLongerWaiting);
      }
    }));
};

export const testSecrets = (name: string, withSecrets: With<Secrets>): void => {
  test(`${name} give two keys of at least 32 bytes, each the same every time`, () =>
    withSecrets(async (secrets) => {
      const keys = [await secrets.approvalsKey(), await secrets.watchKey()];

      expect([await secrets.approvalsKey(), await secrets.watchKey()]).toEqual(keys);
      expect(keys[0]).not.toEqual(keys[1]);
      for (const key of keys) expect(key.length).toBeGreaterThanOrEqual(32);
      for (const key of keys) expect(new Set(key).size).toBeGreaterThan(8);
    }));
};

const signedBy = ['signRequest', 'signDecision', 'signClosing'] as const;
const signerOf = { signRequest: 'requests', signDecision: 'decisions', signClosing: 'closing' } as const;

export const testSigningPort = (name: string, withSigning: With<Signing>): void => {
  test.each(signedBy)(`${name}: what %s has signed is verified with its own public key and with no other`, (method) =>
    withSigning(async (signing) => {
      const bytes = Buffer.from('{"decision": "approved"}\n'.repeat(1_000));
      const signature = await signing[method](bytes);
      const keys = await signing.publicKeys();

      for (const signer of signers)
        expect(isSignedBy(keys[signer], bytes, signature)).toBe(signer === signerOf[method]);
      expect(isSignedBy(keys[signerOf[method]], Buffer.from('other bytes'), signature)).toBe(false);
      expect(await signing.publicKeys()).toEqual(keys);
    }),
  );
};

export type TestedMail = { readonly mail: Mail; delivered(): Promise<readonly Buffer[]> };

export const testMail = (name: string, withMail: With<TestedMail>): void => {
  const message = {
    to: 'ada@example.com',
    subject: 'Approve 001_größe.sql',
    id: 'run-1.review.ada',
    text: 'Größe: 3 €\nCode: K4T7',
  };

  test(`${name} brings subject, recipient and text as they were given`, () =>
    withMail(async ({ mail, delivered }) => {
      const { messageId, answer } = await mail.send(message);
      const [raw] = await delivered();

      expect(parseMail(raw ?? Buffer.alloc(0))).toMatchObject({
        subject: message.subject,
        to: message.to,
        text: expect.stringContaining('Größe: 3 €\nCode: K4T7'),
      });
      expect(messageId).toMatch(/^<[^@\s]+@[^@\s]+>$/);
      expect(answer).not.toBe('');
    }));

  test(`${name} makes a repeated delivery recognisable by one header`, () =>
    withMail(async ({ mail, delivered }) => {
      await mail.send(message);
      await mail.send(message);
      await mail.send({ ...message, id: 'run-1.review.grace' });
      const marks = (await delivered()).map((raw) => /^X-Entity-Ref-ID: (\S+)/im.exec(raw.toString('utf8'))?.[1]);

      expect([...new Set(marks)].sort()).toEqual(['run-1.review.ada', 'run-1.review.grace']);
    }));

  test.each(['nobody', 'a@b.example, c@d.example', 'a@b.example\r\nBcc: c@d.example'])(
    `${name} refuses the recipient %j and sends nothing`,
    (to) =>
      withMail(async ({ mail, delivered }) => {
        await expect(mail.send({ ...message, to })).rejects.toThrow(InvalidInput);

        expect(await delivered()).toEqual([]);
      }),
  );
};
