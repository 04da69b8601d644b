/** Bundles a handler as the stack's are bundled, and calls it in a process of its own as Lambda would. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleFunctions } from '#infra/bundling/bundle-functions';
import { readExampleConfig } from '#infra/config';
import { commonEnvironment } from '#infra/environment';
import type { PortUse } from '#infra/function-table';
import { projectRoot } from '#test/support/project-root';

export const runProgram = promisify(execFile);

const environment: NodeJS.ProcessEnv = {
  ...commonEnvironment(readExampleConfig(projectRoot), {
    bucketName: 'evidence',
    pageBaseUrl: 'https://pages.example',
    runUrl: 'https://console.example/{runId}',
  }),
  AWS_REGION: 'eu-central-1',
  PATH: process.env['PATH'],
};

type Row = { readonly asks: readonly PortUse[]; readonly isPage?: boolean };

/** Hands over the folder that Lambda would get. */
export const withBundle = async (
  handler: string,
  { asks, isPage = false }: Row,
  work: (bundle: string) => Promise<void>,
): Promise<void> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'handler-'));
  try {
    const [file, bundles] = [path.join(directory, 'handler.ts'), path.join(directory, 'bundles')];
    await writeFile(file, handler);
    await mkdir(bundles);
    bundleFunctions([{ functionName: 'TryIt', file, asks, isPage }], bundles);
    await work(path.join(bundles, 'TryIt'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** What the handler answers, or its error's message, and the lines that it has printed before. */
export const callBundle = async (
  bundle: string,
  event: unknown,
  more: NodeJS.ProcessEnv = {},
): Promise<{ readonly answer: unknown; readonly lines: readonly string[] }> => {
  const script = `require('./index.js').handler(${JSON.stringify(event)}, { awsRequestId: 'r-1' })
    .catch(({ message }) => message).then((answer) => console.log('\\n' + JSON.stringify(answer)))`;
  const { stdout } = await runProgram(process.execPath, ['-e', script], {
    cwd: bundle,
    env: { ...environment, ...more },
  });
  const lines = stdout.trim().split('\n');
  return { answer: JSON.parse(lines.at(-1) ?? ''), lines: lines.slice(0, -1).filter((line) => line !== '') };
};
