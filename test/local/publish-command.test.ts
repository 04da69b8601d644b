/** `publish --form`, as it is typed: a process of its own, over the wire to a stand-in for S3. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withAwsDouble } from '#test/support/aws-clients';
import type { AwsDouble } from '#test/support/aws-double/aws-double';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';

const publishing = ({ environment }: AwsDouble, directory: string, args: readonly string[]) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const tsx = ['--import', pathToFileURL(require.resolve('tsx')).href];
    const command = path.join(projectRoot, 'commands/publish/command.ts');
    const env = { ...process.env, ...environment, AWS_ACCESS_KEY_ID: 'publisher', AWS_SECRET_ACCESS_KEY: 'secret' };
    execFile(
      process.execPath,
      [...tsx, command, '--bucket', 'evidence', '--migrations', '.', ...args],
      { cwd: directory, env, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr }),
    );
  });

const withDouble = (work: (double: AwsDouble, directory: string) => Promise<void>) =>
  withAwsDouble({}, (double) => withFolder((directory) => work(double, directory)));

const keysIn = ({ asked }: AwsDouble) =>
  asked
    .filter(({ operation }) => operation === 'PutObject')
    .map(({ resource }) => resource.replace(/^.*evidence\//, ''));

test('a folder of another tool is published in the form that is named, with that form’s name beside it', () =>
  withDouble(async (double, directory) => {
    // Numbered files without a way back: without the form's name they could be ours.
    await writeFile(path.join(directory, '001_users.sql'), 'CREATE TABLE users (id int);\n');
    await writeFile(path.join(directory, '002_names.sql'), 'ALTER TABLE users ADD COLUMN name text;\n');

    const published = await publishing(double, directory, ['--form', 'numbered']);

    expect(published).toMatchObject({ code: 0, stderr: '' });
    expect(published.stdout).toContain('publishing to s3://evidence/migrations/');
    expect(published.stdout).toMatch(/^ {2}\+ new +001_users\.sql$/m);
    expect(keysIn(double).toSorted()).toEqual([
      'migrations/001_users.sql',
      'migrations/002_names.sql',
      'migrations/form.json',
    ]);

    const again = await publishing(double, directory, ['--form', 'numbered']);
    expect(again.stdout).toMatch(/^ {2}= unchanged +001_users\.sql$/m);
  }));

test('a form that nobody knows is said before anything is sent', () =>
  withDouble(async (double, directory) => {
    await writeFile(path.join(directory, '001_users.sql'), 'CREATE TABLE users (id int);\n');

    const refused = await publishing(double, directory, ['--form', 'nonsense']);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('nonsense');
    expect(double.asked).toEqual([]);
  }));
