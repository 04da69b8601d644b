/** Who holds what the rollback needs, for the people who may let it be ended: on the page, and in the mail. */
import { type Html, html } from '#domain/html/html';
import { formatTime } from '#domain/html/page';
import { type InTheWay, inTheWayInWords } from '#domain/locks/in-the-way';
import { firstLines } from '#domain/shorten';
import { mailLine } from '#domain/text/lines';
import type { ApprovalRequest } from './request';

type Asked = Pick<ApprovalRequest, 'inTheWay' | 'notLooked'>;

const title = 'Who is in the way of the rollback, the worst first';

const nobody = 'nobody was seen who holds what the rollback locks';

/** Of a busy database the first ones say it; the evidence has all. */
const mostOnPage = 50;
const mostInMail = 5;

const linesOf = (inTheWay: InTheWay): readonly string[] => {
  const lines = inTheWayInWords(inTheWay);
  return lines.length === 0 ? [nobody] : lines;
};

const notLookedInWords = (why: string) => `Nobody could look who is in the way of the rollback: ${why}`;

export const inTheWayView = ({ inTheWay, notLooked }: Asked): Html | null => {
  if (notLooked !== undefined) return html`<p class="note warn">${notLookedInWords(notLooked)}</p>`;
  if (!inTheWay) return null;
  const lines = firstLines(linesOf(inTheWay), { most: mostOnPage, characters: 1_000, where: 'in its document' });
  return html`<section aria-labelledby="in-the-way"><h2 id="in-the-way">${title}</h2>
<ol>${lines.map((line) => html`<li>${line}</li>`)}</ol>
<p>Looked at ${formatTime(inTheWay.at)}, for locks on ${inTheWay.tables.join(', ') || 'nothing that others use'}.</p></section>`;
};

/** Empty where that is not the question. */
export const inTheWayText = ({ inTheWay, notLooked }: Asked): readonly string[] => {
  if (notLooked !== undefined) return ['', mailLine`${notLookedInWords(notLooked)}`];
  if (!inTheWay) return [];
  const lines = linesOf(inTheWay).map((line) => mailLine`${line}`);
  return [
    '',
    `${title}:`,
    ...firstLines(lines, { most: mostInMail, characters: 1_000, where: 'on the page' }).map((line) => `  ${line}`),
    ...(lines.length > 0 && inTheWay.sessions.length > 0 ? ['Which of them may be ended is ticked on the page.'] : []),
  ];
};
