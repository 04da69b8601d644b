/** `npm run approvals`, `approve` and `reject`: the way out when mail or pages fail. */
import '#command-line/require-node';
import { indentRest, runCommand, say, warn } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { listStateDirectories } from '#local/state-directory';
import { type Answerer, listWaitingOf, sendTo } from './answerer';
import { findProcess } from './ask-process';
import { describeWaiting } from './describe';
import { type AskedAt, parseApprovals } from './options';

const usage = `Lists what waits for people, mails a new link, or decides from the terminal: the way out when mail or pages fail.

  npm run approvals                                            what waits, who was asked, until when
  npm run approvals -- resend RUN [STAGE] [--to PERSON]        a new link with a new code
  npm run approve -- RUN [STAGE] --as PERSON --because TEXT [--attest "BOX: TEXT"]… [--accept "BOX: TEXT"]…
  npm run reject -- RUN [STAGE] --as PERSON --because TEXT

It asks the process that runs, with a secret that only its operating-system user can read; with --aws an installation on AWS, in
requests signed with your credentials. A decision says who was at the terminal and in whose name. It never counts as a second pair of
eyes: an approval makes the outcome "signed off with exceptions", and where two people are needed, all decisions from one terminal and
those of whoever started the run count as one.

Options
  STAGE                    review, apply or rollback; left out where the run has one question only
  --as PERSON              the address of somebody who was asked
  --because TEXT           why; the report shows it
  --attest "BOX: TEXT"     what only a person can say; without what is needed, nothing is decided and the list is shown
  --accept "BOX: TEXT"     a box that is failed or open and may stay so
  --end PROCESS            a session in the way of a rollback that it may end, by its number; npm run approvals lists them
  --to PERSON              one of those who were asked (default: all who have not answered)
  --aws                    ask the installation of checklist.config.yaml
  --url URL                ask the installation whose approval pages are at this address
  --help                   this text

On AWS whoever calls decides as the approver whose IAM principal they are, by approvals.principals of the configuration, and in nobody
else's name. Credentials are those of the AWS SDK: AWS_PROFILE and so on.

Exit codes: 0 done, 1 nothing runs, or it was not taken, 2 what was given is wrong.`;

const findAnswerers = async ({ isOnAws, url }: AskedAt): Promise<readonly Answerer[]> => {
  if (isOnAws) return [await (await import('./ask-api')).findApi(url)];
  const found = await Promise.all(listStateDirectories().map(findProcess));
  return found.filter((one) => one !== null);
};

const nothingRuns =
  'nothing runs in this folder, so nobody waits for an answer. Start the run again with the same command as before: it goes on where it stopped, and waits again';

const list = async (answerers: readonly Answerer[]): Promise<number> => {
  if (answerers.length === 0) say(`Nothing waits: ${nothingRuns}.`);
  for (const answerer of answerers) {
    say(`${answerer.name}, pages: ${answerer.pages}`);
    for (const line of describeWaiting(await listWaitingOf(answerer))) say(indentRest(line));
  }
  return exitCodes.done;
};

/** Of several the one where the run waits; a single one answers for itself. Errors: UsageError, Error. */
const choose = async (answerers: readonly Answerer[], run: string): Promise<Answerer> => {
  const [first, ...others] = answerers;
  if (!first) throw new Error(nothingRuns);
  if (others.length === 0) return first;
  for (const answerer of answerers)
    if ((await listWaitingOf(answerer)).waiting.some(({ runId }) => runId === run)) return answerer;
  throw new UsageError(`no run "${run}" waits here; npm run approvals lists what waits`);
};

const main = async (): Promise<number> => {
  const request = parseApprovals(process.argv.slice(2));
  if (request.action === 'help') {
    say(usage);
    return exitCodes.done;
  }
  const answerers = await findAnswerers(request.at);
  if (request.action === 'list') return list(answerers);
  const answerer = await choose(answerers, request.run);
  const { isTaken, isWrong, lines } = await sendTo(answerer, request.action, request.form);
  const text = indentRest(lines.join('\n'));
  if (isTaken) say(`✓ ${text}`);
  else warn(`✗ ${text}`);
  if (isWrong) return exitCodes.wrong;
  return isTaken ? exitCodes.done : exitCodes.failed;
};

runCommand(main);
