/** Turns our mail message into what nodemailer sends: the same headers and parts for every transport. */
import { createHash } from 'node:crypto';
import type { SendMailOptions } from 'nodemailer';
import { InvalidInput } from '#domain/errors';
import { onOneLine } from '#domain/text/visible';
import type { MailMessage } from '#lambdas/ports/people';

/** Exactly one address: a comma, a semicolon or a line break in it would add recipients or headers. */
const address = /^[^\s@<>(),;:"\\[\]]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

const checkedAddress = (value: string, what: string): string => {
  if (address.test(value)) return value;
  throw new InvalidInput(
    `the ${what} ${JSON.stringify(value)} is not one mail address; expected something like name@example.com`,
  );
};

const plainId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;

/** The id when a Message-ID and a file name may contain it, otherwise its hash. */
const localPartOf = (id: string) => (plainId.test(id) ? id : createHash('sha256').update(id).digest('hex'));

/** RFC 5322 Message-ID: the same id always gives the same, whatever the transport. */
export const messageIdOf = (id: string, sender: string) =>
  `<${localPartOf(id)}@${sender.slice(sender.indexOf('@') + 1)}>`;

/** Errors: InvalidInput when recipient or sender is not one address. */
export const composeMessage = (message: MailMessage, sender: string): SendMailOptions => {
  const from = checkedAddress(sender, 'sender');
  const to = checkedAddress(message.to, 'recipient');
  return {
    from: { name: 'Migration checklist', address: from },
    to: { name: '', address: to },
    envelope: { from, to: [to] },
    // A line break would begin a new header.
    subject: onOneLine(message.subject),
    messageId: messageIdOf(message.id, from),
    text: message.text,
    headers: {
      // RFC 3834: no out-of-office answers to a machine.
      'Auto-Submitted': 'auto-generated',
      // Amazon SES writes a Message-ID of its own; this one stays and makes a repeated delivery recognisable.
      'X-Entity-Ref-ID': localPartOf(message.id),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
};
