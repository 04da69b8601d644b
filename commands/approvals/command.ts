/** `npm run approvals`, `approve` and `reject`: the way out when mail or pages fail. */
import '#command-line/require-node';
import path from 'node:path';
import { indentRest, runCommand, say, warn } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { listStateDirectories } from '#local/state-directory';
import { findProcess, listWaitingOf, type RunningProcess, sendTo } from './ask-process';
import { describeWaiting } from './describe';
import { parseApprovals } from './options';

const usage = `Lists what waits for people, mails a new link, or decides from the terminal: the way out when mail or pages fail.

  npm run approvals                                            what waits, who was asked, until when
  npm run approvals -- resend RUN [STAGE] [--to PERSON]        a new link with a new code
  npm run approve -- RUN [STAGE] --as PERSON --because TEXT [--attest "BOX: TEXT"]… [--accept "BOX: TEXT"]…
  npm run reject -- RUN [STAGE] --as PERSON --because TEXT

It asks the process that runs, with a secret that only its operating-system user can read. A decision says who was at the terminal and
in whose name. It never counts as a second pair of eyes: an approval makes the outcome "signed off with exceptions", and where
two people are needed, all decisions from one terminal and those of whoever started the run count as one.

Options
  STAGE                    review, apply or rollback; left out where the run has one question only
  --as PERSON              the address of somebody who was asked
  --because TEXT           why; the report shows it
  --attest "BOX: TEXT"     what only a person can say; without what is needed, nothing is decided and the list is shown
  --accept "BOX: TEXT"     a box that is failed or open and may stay so
  --to PERSON              one of those who were asked (default: all who have not answered)
  --help                   this text

On one machine only: on AWS a function that is called directly is not told who called it.

Exit codes: 0 done, 1 nothing runs, or it was not taken, 2 what was given is wrong.`;

const findProcesses = async (): Promise<readonly RunningProcess[]> => {
  const found = await Promise.all(listStateDirectories().map(findProcess));
  return found.filter((one) => one !== null);
};

const nothingRuns =
  'nothing runs in this folder, so nobody waits for an answer. Start the run again with the same command as before: it goes on where it stopped, and waits again';

const list = async (processes: readonly RunningProcess[]): Promise<number> => {
  if (processes.length === 0) say(`Nothing waits: ${nothingRuns}.`);
  for (const running of processes) {
    say(`${path.relative('', running.stateDirectory) || '.'}, pages: ${running.url}`);
    for (const line of describeWaiting(await listWaitingOf(running))) say(indentRest(line));
  }
  return exitCodes.done;
};

const main = async (): Promise<number> => {
  const request = parseApprovals(process.argv.slice(2));
  if (request.action === 'help') {
    say(usage);
    return exitCodes.done;
  }
  const processes = await findProcesses();
  if (request.action === 'list') return list(processes);
  const [first, ...others] = processes;
  if (!first) throw new Error(nothingRuns);
  const named = await Promise.all(
    processes.map(async (one) => ({
      one,
      has: (await listWaitingOf(one)).waiting.some(({ runId }) => runId === request.run),
    })),
  );
  const running = named.find(({ has }) => has)?.one ?? first;
  if (others.length > 0 && !named.some(({ has }) => has))
    throw new UsageError(`no run "${request.run}" waits here; npm run approvals lists what waits`);
  const { isTaken, isWrong, lines } = await sendTo(running, request.action, request.form);
  const text = indentRest(lines.join('\n'));
  if (isTaken) say(`✓ ${text}`);
  else warn(`✗ ${text}`);
  if (isWrong) return exitCodes.wrong;
  return isTaken ? exitCodes.done : exitCodes.failed;
};

runCommand(main);
