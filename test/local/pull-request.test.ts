/** What a person is shown before they attest at the review, and what becomes of it: the pull request, and who depends on the tables. */
import type { Report } from '#domain/reports/report';
import { startRun } from '#local/runs';
import { answerMails } from '#test/support/answer-mails';
import { optionsFor, withRuntime, withSandbox } from '#test/support/local-run';

const address = 'https://github.com/acme/shop/pull/7';

test('with a pull request the reviewer attests to it, and the run is signed off without that exception', async () => {
  await withSandbox((sandbox) => {
    const options = optionsFor(sandbox, '--pull-request', address);
    return withRuntime(sandbox, { answering: false, options }, async (runtime) => {
      let reviewed = '';
      const stop = answerMails(runtime, (stage, page) => {
        if (stage === 'review') reviewed = page;
        return 'approved';
      });
      const end = await startRun(runtime, '001_create_jobs.sql');
      stop();
      const read = async (name: string) => (await runtime.ports.store.read(`runs/${end.runId}/${name}`))?.toString();
      const report = JSON.parse((await read('report.json')) ?? 'null') as Report;

      expect(reviewed).toContain(`<a href="${address}" rel="noopener noreferrer">${address}</a>`);
      expect(reviewed).toContain('Who depends on it');
      expect(end.isSignedOff).toBe(true);
      expect(report.boxes.find(({ id }) => id === '1.1')).toMatchObject({ answer: 'attested' });
      expect(report.exceptions?.map(({ id }) => id)).not.toContain('1.1');
      expect(report.dependents?.sessions.at).toMatch(/^\d{4}-/);
      expect(JSON.parse((await read('approvals/review.json')) ?? 'null').run.pullRequest).toBe(address);
    });
  });
});
