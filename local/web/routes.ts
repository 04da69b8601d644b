/** The routes by path. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run as decide } from '#lambdas/approvals/decide';
import { run as show } from '#lambdas/approvals/show';
import { reportKeys } from '#lambdas/record/keys';
import type { HttpResponse } from '#lambdas/runtime/http';
import { answerDocument, answerPage, answerRefusal, answerStoredPage, answerText, rendered } from './answer';
import { askForRollback, askPath, askRollbackView } from './ask-rollback';
import { evidencePage, readDocument } from './evidence-page';
import type { Refusal } from './guards';
import { readRunPart, readRunsPart } from './live-parts';
import { readMail, readMails } from './mail-folder';
import { mailboxPage, mailPage } from './mailbox-pages';
import { runPage } from './run-page';
import { runsPage } from './runs-page';
import type { Site } from './site';

const nothingRuns: Refusal = {
  status: 503,
  title: 'Nothing is running',
  sentence:
    'These pages can only be read. Start the run again with the same command as before; it goes on where it stopped, and the link works.',
};

/** Null answers as "not found". `part` is what the pattern's group has taken from the path. */
type Answering = (site: Site, part: string, path: string) => Promise<HttpResponse | null>;

const run: Answering = async (site, name) => {
  const live = await readRunPart(site, name);
  return live && answerPage(runPage(name, live.markup, await askRollbackView(site, name)));
};

const evidence: Answering = async ({ store }, key) => {
  const text = await readDocument(store, key);
  return text === null ? null : answerDocument(evidencePage(key, text));
};

const raw: Answering = async ({ store }, key) => {
  const text = await readDocument(store, key);
  return text === null ? null : answerText(text, key.endsWith('.json') ? 'application/json' : 'text/plain');
};

const report: Answering = async ({ store }, runId) => {
  const page = await store.read(reportKeys(runId).html);
  return page && answerStoredPage(page.toString('utf8'));
};

const mail: Answering = async ({ mailDirectories }, file) => {
  for (const directory of mailDirectories) {
    const stored = await readMail(directory, file);
    if (stored) return answerPage(mailPage(stored));
  }
  return null;
};

export const pageRoutes: readonly (readonly [pattern: RegExp, answer: Answering])[] = [
  [/^()\/$/, async (site) => answerPage(runsPage((await readRunsPart(site)).markup))],
  [/^\/runs\/([\w.-]+)$/, run],
  [/^\/evidence\/([\w./-]+)$/, evidence],
  [/^\/raw\/([\w./-]+)$/, raw],
  [/^\/reports\/([\w-]+)$/, report],
  [/^()\/mailbox$/, async ({ mailDirectories }) => answerPage(mailboxPage(await readMails(mailDirectories)))],
  [/^\/mailbox\/([\w.-]+)$/, mail],
  [
    /^\/approvals\/([^/]*)$/,
    async ({ running }, _, path) =>
      running ? rendered(await show({ method: 'GET', path, form: {} }, running.ports)) : answerRefusal(nothingRuns),
  ],
  [
    /^()\/live\.js$/,
    async () => answerText(await readFile(path.join(__dirname, 'live.js'), 'utf8'), 'text/javascript'),
  ],
];

type Form = Readonly<Record<string, string>>;

export const formRoutes: readonly (readonly [
  pattern: RegExp,
  answer: (site: Site, path: string, form: Form) => Promise<HttpResponse>,
])[] = [
  [
    /^\/approvals\/[^/]*$/,
    async ({ running }, path, form) =>
      running ? rendered(await decide({ method: 'POST', path, form }, running.ports)) : answerRefusal(nothingRuns),
  ],
  [askPath, askForRollback],
];
