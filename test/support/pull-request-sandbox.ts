/** A repository of its own with a pull request, and the command as the action's script runs it. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DoublePull, type GitHubDouble, pullOf, withGitHub } from './github-double';
import { projectRoot } from './project-root';
import { withFolder } from './with-folder';

export type Looked = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
};

export type Sandbox = {
  readonly folder: string;
  readonly double: GitHubDouble;
  readonly pull: DoublePull;
  /** Commits the files; the first time it is what the pull request stands on. Null removes one. */
  commit(files: Readonly<Record<string, string | null>>): Promise<void>;
  /** As the runner starts a step of a pull request's workflow. */
  look(environment?: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Looked>;
};

const token = 'ghs_thisIsTheTokenOfTheJob';

const command = (folder: string, environment: NodeJS.ProcessEnv, args: readonly string[]) =>
  new Promise<Pick<Looked, 'code' | 'stdout' | 'stderr'>>((resolve) => {
    const tsx = require.resolve('tsx', { paths: [projectRoot] });
    const file = path.join(projectRoot, 'commands', 'pull-request', 'command.ts');
    execFile(
      process.execPath,
      ['--import', `file://${tsx}`, file, ...args],
      { cwd: folder, env: environment, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 99) : 0, stdout, stderr }),
    );
  });

export const withPullRequest = <T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> =>
  withGitHub((double) =>
    withFolder(async (directory) => {
      const folder = path.join(directory, 'shop');
      await mkdir(folder);
      const git = (...args: readonly string[]) =>
        execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
          cwd: folder,
          encoding: 'utf8',
        });
      git('init', '-q', '-b', 'main');
      const pull = pullOf(7);
      double.pulls.set(7, pull);
      let base: string | null = null;
      const commit: Sandbox['commit'] = async (files) => {
        for (const [name, text] of Object.entries(files)) {
          await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
          if (text === null) await rm(path.join(folder, name));
          else await writeFile(path.join(folder, name), text);
        }
        git('add', '-A');
        git('commit', '-q', '-m', 'a change');
        const head = git('rev-parse', 'HEAD').trim();
        base ??= head;
        Object.assign(pull, { headSha: head });
        pull.files = git('diff', '--name-status', '--no-renames', '-z', base, 'HEAD')
          .split('\0')
          .flatMap((status, index, all) =>
            index % 2 === 0 && all[index + 1]
              ? [{ filename: all[index + 1] ?? '', status: status === 'D' ? 'removed' : 'added' }]
              : [],
          );
      };
      const look: Sandbox['look'] = async (environment = {}, ...args) => {
        const [event, output, summary] = ['event.json', 'output', 'summary'].map((name) => path.join(directory, name));
        const side = (sha: string, name: string) => ({ sha, ref: 'change', repo: { full_name: name } });
        await writeFile(
          event ?? '',
          JSON.stringify({
            number: 7,
            pull_request: { number: 7, head: side(pull.headSha, pull.headRepo), base: side(base ?? '', 'acme/shop') },
          }),
        );
        for (const file of [output, summary]) await writeFile(file ?? '', '');
        const ended = await command(
          folder,
          {
            ...process.env,
            GITHUB_ACTIONS: 'true',
            GITHUB_API_URL: double.apiUrl,
            GITHUB_SERVER_URL: 'https://github.com',
            GITHUB_REPOSITORY: 'acme/shop',
            GITHUB_EVENT_NAME: 'pull_request',
            GITHUB_EVENT_PATH: event,
            GITHUB_OUTPUT: output,
            GITHUB_STEP_SUMMARY: summary,
            GITHUB_TOKEN: token,
            ...environment,
          },
          args,
        );
        expect(`${ended.stdout}${ended.stderr}`).not.toContain(token);
        const lines = (await readFile(output ?? '', 'utf8')).split('\n').filter((line) => line !== '');
        return {
          ...ended,
          summary: await readFile(summary ?? '', 'utf8'),
          outputs: Object.fromEntries(
            lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
          ),
        };
      };
      return work({ folder, double, pull, commit, look });
    }),
  );
