/** `/mailbox`: the mails that the product has sent, as their readers see them. */
import { type Html, html } from '#domain/html/html';
import { factList, formatTime, renderPage } from '#domain/html/page';
import type { StoredMail } from './mail-folder';
import { navigation } from './navigation';

const mailRow = ({ file, receivedAt, mail }: StoredMail): Html =>
  html`<li><span class="grow"><a href="/mailbox/${file}">${mail.subject || '(no subject)'}</a><br><span class="quiet">to ${mail.to}</span></span> <span class="time">${formatTime(receivedAt)}</span></li>`;

export const mailboxPage = (mails: readonly StoredMail[]): string =>
  renderPage({
    title: 'Mailbox',
    navigation,
    body: html`<h1>Mailbox</h1><p class="quiet">No mail leaves this machine: each one is a file and is shown here.</p>
${mails.length === 0 ? html`<p>There is no mail yet.</p>` : html`<ol class="rows">${mails.map(mailRow)}</ol>`}`,
  });

/** Only pages of our own are linked, and on this server, whatever port an earlier process wrote into the mail. */
const hereOf = (address: string): string | null =>
  /^http:\/\/127\.0\.0\.1:\d+(\/(?:approvals|runs)\/[\w.-]+)$/.exec(address)?.[1] ?? null;

const linked = (address: string): Html | string => {
  const here = hereOf(address);
  return here === null ? address : html`<a href="${here}">${address}</a>`;
};

/** Text with the addresses of our pages as links; everything else stays text. */
const withLinks = (text: string): readonly (Html | string)[] =>
  text.split(/(https?:\/\/[^\s<>"]+)/).map((piece, index) => (index % 2 === 1 ? linked(piece) : piece));

export const mailPage = ({ receivedAt, mail }: StoredMail): string =>
  renderPage({
    title: mail.subject,
    navigation,
    body: html`<h1>${mail.subject}</h1>
${factList([
  ['To', mail.to],
  ['Received', formatTime(receivedAt)],
])}
<pre class="wrapped">${withLinks(mail.text)}</pre>`,
  });
