import { createTransport } from 'nodemailer';
import { parseMail } from '#local/web/mail-file';

const compose = async (message: Parameters<ReturnType<typeof createTransport>['sendMail']>[0]): Promise<Buffer> => {
  const transport = createTransport({ streamTransport: true, buffer: true });
  const { message: bytes } = (await transport.sendMail({ from: 'a@localhost', ...message })) as unknown as {
    message: Buffer;
  };
  return bytes;
};

const long = `A line that is longer than 76 characters, so that it has to be folded = somewhere, https://example.org/x?a=b`;

test('a plain mail is read as it was written', async () => {
  const mail = parseMail(await compose({ to: 'ada@example.org', subject: 'Plain', text: `one\ntwo\n\n${long}\n` }));

  expect(mail).toMatchObject({ subject: 'Plain', to: 'ada@example.org', text: `one\ntwo\n\n${long}\n` });
});

test.each(['quoted-printable', 'base64'] as const)(
  'text in %s with letters of every kind is read',
  async (encoding) => {
    const text = `Grüße – „Zeile“ 漢字 🐘\n${long}\n`;

    const mail = parseMail(await compose({ to: 'ada@example.org', subject: 's', text, textEncoding: encoding }));

    expect(mail.text).toBe(text);
  },
);

test('a subject with letters of every kind, long enough to be folded, is read', async () => {
  const subject =
    'Approve review of 002_größe.sql – auf der Übungsumgebung, die man staging nennt 🐘, and some more words';

  expect(parseMail(await compose({ to: 'ada@example.org', subject, text: 'x' })).subject).toBe(subject);
});

test('of a mail with text and HTML the text is read', async () => {
  const mail = parseMail(
    await compose({ to: 'ada@example.org', subject: 's', text: 'the text', html: '<p>the page</p>' }),
  );

  expect(mail.text.trim()).toBe('the text');
});

test('a file that is no mail reads as an empty one', () => {
  expect(parseMail(Buffer.from(''))).toEqual({ subject: '', to: '', date: '', text: '' });
});
