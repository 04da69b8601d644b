import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmlFolderTransport } from '#adapters/mail/eml-folder-transport';
import { createMail } from '#adapters/mail/nodemailer-mail';

const message = { to: 'ada@localhost', subject: 'Approve', text: 'The code is K4T7.', id: 'run-1.review.ada' };

const withFolder = async (work: (folder: string) => Promise<void>) => {
  const parent = await mkdtemp(path.join(tmpdir(), 'mail-'));
  try {
    await work(path.join(parent, 'mail'));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
};

const openMail = (folder: string) =>
  createMail({ transport: createEmlFolderTransport(folder), sender: 'checklist@localhost' });

test('a mail becomes one .eml file that is named for its id, and nothing else', () =>
  withFolder(async (folder) => {
    const answer = await openMail(folder).send(message);

    expect(answer).toEqual({
      messageId: '<run-1.review.ada@localhost>',
      answer: 'stored as run-1.review.ada.eml',
    });
    expect(await readdir(folder)).toEqual(['run-1.review.ada.eml']);
    const stored = await readFile(path.join(folder, 'run-1.review.ada.eml'), 'utf8');
    expect(stored).toMatch(/^To: ada@localhost\r$/m);
    expect(stored).toContain('The code is K4T7.');
  }));

test('the same id again overwrites nothing and gets the earlier answer', () =>
  withFolder(async (folder) => {
    const mail = openMail(folder);
    const first = await mail.send(message);
    const file = path.join(folder, 'run-1.review.ada.eml');
    const stored = await readFile(file, 'utf8');

    const second = await openMail(folder).send({ ...message, text: 'another text' });

    expect(second).toEqual(first);
    expect(await readFile(file, 'utf8')).toBe(stored);
    expect(await readdir(folder)).toEqual(['run-1.review.ada.eml']);
  }));

test('of many senders of the same id at once one writes, and all get the same answer', () =>
  withFolder(async (folder) => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => openMail(folder).send(message)));

    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await readdir(folder)).toHaveLength(1);
  }));

test('an id cannot leave the folder', () =>
  withFolder(async (folder) => {
    await openMail(folder).send({ ...message, id: '../../escaped' });

    expect(await readdir(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.eml$/)]);
  }));

test('a folder that cannot be made is named with the reason', () =>
  withFolder(async (folder) => {
    await writeFile(folder, 'a file where the folder should be');

    await expect(openMail(folder).send(message)).rejects.toMatchObject({
      name: 'PlatformFailed',
      message: expect.stringMatching(
        /the mail "Approve" to ada@localhost was not accepted by the mail folder: .*(EEXIST|ENOTDIR)/,
      ),
    });
  }));
