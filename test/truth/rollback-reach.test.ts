/** A rollback that reaches beyond its database, rehearsed on the server that the target shares. */
import type { EvidenceDocument } from '#domain/evidence/document';
import { startRollback } from '#local/rollbacks';
import { startRun } from '#local/runs';
import { answerMails } from '#test/support/answer-mails';
import { withCase } from '#test/support/truth-case';

/** What nobody has rehearsed takes two. */
const people = ['--approver', 'ada@example.org', '--approver', 'grace@example.org'];

const roleIsThere = "SELECT 1 FROM pg_roles WHERE rolname = 'notes_archived'";

test('what a rollback does to the server is not done by its rehearsal, and nobody is told that it was rehearsed', () =>
  withCase('no-case', { roleOptions: 'CREATEROLE', args: people }, async (truthCase) => {
    const { migration, superuser } = truthCase;
    try {
      await migration('001_create_notes.sql', {
        up: 'CREATE TABLE notes (note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);',
        down: 'DROP TABLE notes;\nCREATE ROLE notes_archived;',
      });
      await truthCase.withRuntime(
        async (runtime) => {
          const pages: Record<string, string> = {};
          const rolesWhenAsked: number[] = [];
          const stop = answerMails(
            runtime,
            async (stage, page): Promise<'approved'> => {
              pages[stage] = page;
              if (stage === 'rollback') rolesWhenAsked.push((await superuser(roleIsThere)).length);
              return 'approved';
            },
            { mayBeRefused: true },
          );
          expect(await startRun(runtime, '001_create_notes.sql')).toMatchObject({ isSignedOff: true });

          const end = await startRollback(runtime, { migration: '001', because: 'the notes are wrong' });
          stop();

          expect(rolesWhenAsked).toEqual([0, 0]);
          const rehearsed = JSON.parse(
            (await runtime.ports.store.read(`runs/${end.runId}/rehearse-rollback.json`))?.toString('utf8') ?? 'null',
          ) as EvidenceDocument;
          const words =
            /not rehearsed, nothing of the rollback was run: 001_create_notes\.sql:\d+: CREATE ROLE reaches the server's roles/;
          expect(rehearsed.boxes).toMatchObject(
            ['13.1', '13.2', '13.3'].map((box) => ({ box, answer: 'open', reason: expect.stringMatching(words) })),
          );
          expect(pages['rollback']).toContain('nothing of the rollback was run');
          expect(pages['rollback']).toContain('Two people have to approve it.');
          expect(pages['rollback']).toContain('no rehearsal has counted it');
          expect(pages['rollback']).toContain('no rehearsal has measured them');
          // Were it made before the rollback, the rollback would fail on it.
          expect(end).toMatchObject({ error: null, isTakenBack: true });
          expect(await superuser(roleIsThere)).toHaveLength(1);
        },
        { answering: false },
      );
    } finally {
      await superuser('DROP ROLE IF EXISTS notes_archived');
    }
  }));
