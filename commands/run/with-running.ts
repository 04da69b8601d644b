/** The runtime as a command opens it: a line for each state, the pages, and with --yes somebody who answers. */
import { say, warn } from '#command-line/command';
import { signalCodes } from '#command-line/exit-codes';
import type { RunOptions } from '#local/run-options';
import type { Runtime } from '#local/runtime';
import { holdFolder } from '#local/single-process';
import { stateDirectoryOf } from '#local/state-directory';
import type { AutoApprover } from './auto-approver';

/** Closes everything whatever the work does. */
export const withRunning = async <T>(options: RunOptions, work: (runtime: Runtime) => Promise<T>): Promise<T> => {
  const stateDirectory = stateDirectoryOf(options);
  const release = await holdFolder(stateDirectory);
  // Loaded only now: the command's first line must not wait for the AWS SDK.
  const { openRuntime } = await import('#local/runtime');
  const { openProgress } = await import('./progress');
  let describeEvent: ReturnType<typeof openProgress> | null = null;
  const { startAutoApprover } = await import('./auto-approver');
  let approver: AutoApprover | null = null;
  let runtime: Runtime | null = null;
  try {
    runtime = await openRuntime({
      options,
      stateDirectory,
      onWarning: warn,
      onEvent: (event, pageBaseUrl) => {
        describeEvent ??= openProgress({
          pageBaseUrl,
          isTerminal: process.stdout.isTTY === true,
          approvalTimeoutSeconds: options.approvalTimeoutSeconds,
        });
        const line = describeEvent(event);
        if (line) say(line);
      },
    });
    const { mailDirectory, pagesAddress, ports, target } = runtime;
    say(`  target: ${target.description}`);
    say(`  pages:  ${pagesAddress}`);
    if (options.yes)
      approver = startAutoApprover({ mailDirectory, log: warn, pageBaseUrl: ports.settings.pageBaseUrl });
    return await work(runtime);
  } finally {
    await approver?.stop();
    await runtime?.close();
    await release();
  }
};

/** On exit the servers are stopped; the journal records what was under way. `then` is what becomes of it. */
export const stopOnInterrupt = (then = 'The same command continues from here.'): void => {
  process.once('SIGINT', () => {
    warn(`\nStopped. ${then}`);
    process.exit(signalCodes.SIGINT);
  });
};
