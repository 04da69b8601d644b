import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { mockClient } from 'aws-sdk-client-mock';
import { createMail } from '#adapters/mail/nodemailer-mail';
import { createSesTransport } from '#adapters/mail/ses-transport';
import type { MailMessage } from '#lambdas/ports/people';

const message: MailMessage = {
  to: 'ada@example.com',
  subject: 'Approve 001_create_jobs.sql',
  text: 'Größe: 3 €. The code is K4T7.',
  id: 'run-1.review.ada',
};

const openMail = () => {
  const client = new SESv2Client({ region: 'eu-central-1' });
  const mock = mockClient(client);
  mock.on(SendEmailCommand).resolves({ MessageId: '0102-ses' });
  const mail = createMail({ transport: createSesTransport(client), sender: 'migrations@example.org' });
  const sent = () => mock.commandCalls(SendEmailCommand).map((call) => call.args[0].input);
  const raw = (index = 0) => Buffer.from(sent()[index]?.Content?.Raw?.Data ?? []).toString('utf8');
  return { mock, mail, sent, raw };
};

const headersOf = (raw: string) => raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');

test('a mail goes to SES as a finished message, to exactly one recipient, and the answer is what SES called it', async () => {
  const { mail, sent } = openMail();

  const answer = await mail.send(message);

  expect(answer).toEqual({ messageId: '<0102-ses@eu-central-1.amazonses.com>', answer: '0102-ses' });
  expect(sent()).toEqual([
    {
      FromEmailAddress: 'Migration checklist <migrations@example.org>',
      Destination: { ToAddresses: ['ada@example.com'] },
      Content: { Raw: { Data: expect.any(Uint8Array) } },
    },
  ]);
});

test('a mail is plain text with the headers of a machine that wants no answer', async () => {
  const { mail, raw } = openMail();

  await mail.send(message);

  const headers = headersOf(raw());
  expect(headers).toContain('From: Migration checklist <migrations@example.org>');
  expect(headers).toContain('To: ada@example.com');
  expect(headers).toContain('Subject: Approve 001_create_jobs.sql');
  expect(headers).toContain('Message-ID: <run-1.review.ada@example.org>');
  expect(headers).toContain('Auto-Submitted: auto-generated');
  expect(headers).toContain('Content-Type: text/plain; charset=utf-8');
});

test('the same id gives the same Message-ID, another id another, whatever characters they have', async () => {
  const { mail, raw } = openMail();
  const ids = ['a b\r\nBcc: x@evil.example', 'a b\r\nBcc: x@evil.example', 'a b\r\nBcc: y@evil.example'];

  for (const id of ids) await mail.send({ ...message, id });

  const messageIds = ids.map((_, index) => /^Message-ID: <([^@]+)@example\.org>$/m.exec(headersOf(raw(index)))?.[1]);
  expect(messageIds[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(messageIds[1]).toBe(messageIds[0]);
  expect(messageIds[2]).not.toBe(messageIds[0]);
});

test.each([
  'line\r\nBcc: evil@example.net',
  'line\nBcc: evil@example.net',
  'line\rBcc: evil@example.net',
  'line\u2028Bcc: evil@example.net',
  'line\u0000Bcc: evil@example.net',
])('a subject cannot begin a header: %j', async (subject) => {
  const { mail, sent, raw } = openMail();

  await mail.send({ ...message, subject });

  expect(headersOf(raw())).not.toMatch(/^Bcc:/m);
  expect(headersOf(raw())).toMatch(/^Subject: line(?: |\[U\+0000\])Bcc: evil@example\.net/m);
  expect(sent()[0]?.Destination).toEqual({ ToAddresses: ['ada@example.com'] });
});

test.each([
  'ada@example.com, eve@example.net',
  'ada@example.com;eve@example.net',
  'ada@example.com\r\nBcc: eve@example.net',
  'Ada <ada@example.com>',
  '"ada"@example.com',
  'group: ada@example.com;',
  'ada',
  '',
])('the recipient %j is refused and nothing is sent', async (to) => {
  const { mail, sent } = openMail();

  await expect(mail.send({ ...message, to })).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringMatching(/^the recipient .* is not one mail address/),
  });
  expect(sent()).toEqual([]);
});

test('content that names a file or a URL is text and is never fetched', async () => {
  const { mail, raw } = openMail();

  await mail.send({ ...message, text: '/etc/hosts' });

  expect(raw()).toContain('/etc/hosts');
  expect(raw()).not.toContain('localhost');
});

test.each([
  ['MessageRejected', 'Email address is not verified.'],
  ['TooManyRequestsException', 'Rate exceeded'],
])('%s names mail and recipient, keeps the words of SES and may be tried again', async (name, words) => {
  const { mail, mock } = openMail();
  mock.on(SendEmailCommand).rejects(Object.assign(new Error(words), { name }));

  await expect(mail.send(message)).rejects.toMatchObject({
    name: 'PlatformFailed',
    retry: 'later',
    message: `the mail "Approve 001_create_jobs.sql" to ada@example.com was not accepted by SESTransport: ${name}: ${words}`,
  });
});
