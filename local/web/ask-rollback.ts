/** The form on a run's page with which somebody asks for a rollback. It starts the second workflow, which asks people; it decides nothing. */

import { type Html, html } from '#domain/html/html';
import { pageHeaders } from '#domain/html/page';
import { onOneLine } from '#domain/text/visible';
import type { HttpResponse } from '#lambdas/runtime/http';
import { answerRefusal } from './answer';
import type { Site } from './site';

const maximumReasonCharacters = 2_000;

const pathOf = (name: string) => `/runs/${name}/rollback`;

/** The run that such a path is of. */
export const askPath = /^\/runs\/([\w.-]+)\/rollback$/;

type Standing = { readonly migration: string } | { readonly why: string };

/** Whether what this run has applied can be asked for now; what the workflow finds out later it says itself. */
const standingOf = async ({ engine, running }: Site, name: string): Promise<Standing> => {
  if (!running) return { why: 'nothing runs here: start a run again, or use npm run roll-back' };
  const executions = await engine.listExecutions();
  const execution = executions.find((one) => one.name === name);
  if (!execution) return { why: `there is no run ${name}` };
  if (execution.status === 'RUNNING')
    return { why: 'this run goes on: while it watches, it asks for the rollback by itself' };
  const rollback = executions.find(
    ({ status, executionArn }) => status === 'RUNNING' && running.isRollback(executionArn),
  );
  if (rollback) return { why: `the rollback ${rollback.name} is under way; one at a time` };
  const row = (await running.ports.database.readLedger({ branchId: 'target' })).find(({ runId }) => runId === name);
  if (!row) return { why: 'the ledger has no row of this run: nothing of it stands' };
  return row.rolledBackAt === null
    ? { migration: row.migration }
    : { why: `${row.migration} was rolled back at ${row.rolledBackAt}` };
};

/** Null where there is nothing to ask for. A target that does not answer keeps nobody from reading the page. */
export const askRollbackView = async (site: Site, name: string): Promise<Html | null> => {
  const standing = await standingOf(site, name).catch((error: Error) => ({
    unknown: `Whether its migration stands could not be found out: ${error.message}`,
  }));
  if ('unknown' in standing) return html`<p class="note warn">${standing.unknown}</p>`;
  if ('why' in standing) return null;
  return html`<section aria-labelledby="ask-rollback"><h2 id="ask-rollback">Ask for a rollback</h2>
<p>${standing.migration} stands. Asking decides nothing: the rollback is rehearsed on the data of now, the database is backed up, and the approvers see what would be lost before they decide.</p>
<form method="post" action="${pathOf(name)}" autocomplete="off">
<label for="because">Why</label>
<textarea id="because" name="because" rows="3" required maxlength="${maximumReasonCharacters}"></textarea>
<p><button type="submit">Ask for a rollback</button></p>
</form></section>`;
};

/** After it the browser looks at the rollback's own page, and loading that again sends nothing again. */
const leadTo = (name: string): HttpResponse => ({
  status: 303,
  headers: { ...pageHeaders(), location: `/runs/${name}` },
  body: '',
});

export const askForRollback = async (
  site: Site,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<HttpResponse> => {
  const name = askPath.exec(path)?.[1] ?? '';
  const because = onOneLine(form['because'] ?? '').trim();
  if (because === '' || because.length > maximumReasonCharacters)
    return answerRefusal({
      status: 400,
      title: 'No reason',
      sentence: `Nothing was asked for: the reason has ${because.length} characters, expected 1 to ${maximumReasonCharacters}. The approvers, the evidence and the incident report have it.`,
    });
  const standing = await standingOf(site, name);
  if ('why' in standing || !site.running)
    return answerRefusal({
      status: 409,
      title: 'Nothing to roll back',
      sentence: `Nothing was asked for: ${'why' in standing ? standing.why : 'nothing runs here'}.`,
    });
  return leadTo(await site.running.startRollback({ migration: name, because }));
};
