/** The local mailbox: every mail becomes one `.eml` file in a folder. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SentMessageInfo, Transport } from 'nodemailer';

type CompiledMail = Parameters<Transport['send']>[0];

/** `<id@host>` → `id.eml`. */
const fileNameOf = (messageId: string) => `${messageId.slice(1, messageId.lastIndexOf('@'))}.eml`;

/** False when the file exists. It writes a temporary file and links it to the name, so a reader never sees half a mail. */
const writeOnce = async (folder: string, fileName: string, bytes: Buffer): Promise<boolean> => {
  // The mails contain codes: nobody else on this machine may read them.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = path.join(folder, `.${randomUUID()}.tmp`);
  try {
    await writeFile(aside, bytes, { flush: true, mode: 0o600 });
    await link(aside, path.join(folder, fileName));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
};

const deliver = async (folder: string, { message }: CompiledMail): Promise<SentMessageInfo> => {
  const messageId = message.messageId();
  const fileName = fileNameOf(messageId);
  await writeOnce(folder, fileName, await message.build());
  return { messageId, envelope: message.getEnvelope(), response: `stored as ${fileName}` };
};

/** The same message id again overwrites nothing and gets the earlier answer. */
export const createEmlFolderTransport = (folder: string): Transport => ({
  name: 'the mail folder',
  version: '1',
  send: (mail, done) => {
    deliver(folder, mail).then(
      (info) => done(null, info),
      (error: Error) => done(error, undefined as never),
    );
  },
});
