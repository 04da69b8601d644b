/** The routes by path. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { run as decide } from '#lambdas/approvals/decide';
import { run as show } from '#lambdas/approvals/show';
import { reportKeys } from '#lambdas/record/keys';
import type { HttpResponse } from '#lambdas/runtime/http';
import { answerPage, answerStoredPage, answerText } from './answer';
import { evidencePage, readDocument } from './evidence-page';
import { readRunPart, readRunsPart } from './live-parts';
import { readMail, readMails } from './mail-folder';
import { mailboxPage, mailPage } from './mailbox-pages';
import { runPage } from './run-page';
import { runsPage } from './runs-page';
import type { Site } from './site';

/** Null answers as "not found". `part` is what the pattern's group has taken from the path. */
type Answering = (site: Site, part: string, path: string) => Promise<HttpResponse | null>;

const run: Answering = async (site, name) => {
  const live = await readRunPart(site, name);
  return live && answerPage(runPage(name, live.markup));
};

const evidence: Answering = async ({ ports }, key) => {
  const text = await readDocument(ports.store, key);
  return text === null ? null : answerPage(evidencePage(key, text));
};

const raw: Answering = async ({ ports }, key) => {
  const text = await readDocument(ports.store, key);
  return text === null ? null : answerText(text, key.endsWith('.json') ? 'application/json' : 'text/plain');
};

const report: Answering = async ({ ports }, runId) => {
  const page = await ports.store.read(reportKeys(runId).html);
  return page && answerStoredPage(page.toString('utf8'));
};

const mail: Answering = async ({ mailDirectory }, file) => {
  const stored = await readMail(mailDirectory, file);
  return stored && answerPage(mailPage(stored));
};

export const pageRoutes: readonly (readonly [pattern: RegExp, answer: Answering])[] = [
  [/^()\/$/, async (site) => answerPage(runsPage((await readRunsPart(site)).markup))],
  [/^\/runs\/([\w.-]+)$/, run],
  [/^\/evidence\/([\w./-]+)$/, evidence],
  [/^\/raw\/([\w./-]+)$/, raw],
  [/^\/reports\/([\w-]+)$/, report],
  [/^()\/mailbox$/, async ({ mailDirectory }) => answerPage(mailboxPage(await readMails(mailDirectory)))],
  [/^\/mailbox\/([\w.-]+)$/, mail],
  [/^\/approvals\/([^/]*)$/, ({ ports }, _, path) => show({ method: 'GET', path, form: {} }, ports)],
  [
    /^()\/live\.js$/,
    async () => answerText(await readFile(path.join(__dirname, 'live.js'), 'utf8'), 'text/javascript'),
  ],
];

type Form = Readonly<Record<string, string>>;

export const formRoutes: readonly (readonly [
  pattern: RegExp,
  answer: (site: Site, path: string, form: Form) => Promise<HttpResponse>,
])[] = [[/^\/approvals\/[^/]*$/, ({ ports }, path, form) => decide({ method: 'POST', path, form }, ports)]];
