/** The terminal's output: a line per state with its duration, what the run waits for, and how it ended. */
import path from 'node:path';
import { indentRest } from '#command-line/command';
import { count } from '#domain/count';
import { answersInWords } from '#domain/evidence/answers';
import { formatDuration, formatTime } from '#domain/html/page';
import { messageOf } from '#domain/reports/closing';
import type { Report } from '#domain/reports/report';
import { onOneLine } from '#domain/text/visible';
import { checklist, namesOf } from '#lambdas/checklist';
import { entryPoints } from '#lambdas/entry-points';
import { type Answered, answeredIn } from '#local/engine/answered';
import type { ExecutionEvent } from '#local/engine/engine';
import type { RunEnd } from '#local/runs';

/** The states that call a function. A parallel group adds nothing to its steps, and choices take no time. */
const worthALine = new Set([
  ...checklist.map((step) => namesOf(step).stateName),
  ...entryPoints.flatMap(({ stateNames }) => stateNames),
  // It starts a workflow, which calls them.
  'Ask for the rollback',
]);

const took = (durationMs: number | undefined) => {
  if (durationMs === undefined) return '';
  return durationMs < 60_000 ? `${(durationMs / 1000).toFixed(1)} s` : formatDuration(durationMs);
};

const line = (sign: string, state: string, note: string) =>
  `  ${sign} ${state.padEnd(34)} ${onOneLine(note)}`.trimEnd();

/** The rest of the message is printed when the run ends; only a terminal has a width to shorten into. */
const mostLetters = 120;

/** Who blocks is what somebody can do something about: it comes first where the end may be cut off. */
const usefulFirst = (words: string) => {
  const [blocker] = /blocked by .*$/.exec(words) ?? [];
  return blocker === undefined ? words : `${blocker}; ${words.slice(0, -blocker.length).replace(/[;,\s]+$/, '')}`;
};

const cut = (words: string) => {
  if (words.length <= mostLetters) return words;
  return `${usefulFirst(words).slice(0, mostLetters)}…`;
};

/** The message of the failure; the error's name only where there is no message. */
const why = ({ error, cause }: ExecutionEvent): string =>
  onOneLine(messageOf(cause ?? '')) || error || 'an error without a message';

/** Where the lines go: a log and a file get them whole. */
export type Output = {
  readonly pageBaseUrl: string;
  readonly isTerminal: boolean;
  /** How long a question waits for its answer. */
  readonly approvalTimeoutSeconds: number;
};

const answeredLine = (state: string, { verdict, words }: Answered, shorten: (words: string) => string) =>
  verdict === 'alarm'
    ? line('!', state, shorten(`an alarm rang: ${onOneLine(words)}`))
    : line('✗', state, shorten(`rejected by ${onOneLine(words)}`));

/**
 * Gives the line for each event in turn; null when it gets none. Replayed events were shown before. A state's end does not say what
 * it was answered, so the answer is kept until then.
 */
export const openProgress = ({
  pageBaseUrl,
  isTerminal,
  approvalTimeoutSeconds,
}: Output): ((event: ExecutionEvent) => string | null) => {
  const answers = new Map<string, Answered>();
  const untilWhen = (at: string) => formatTime(new Date(Date.parse(at) + approvalTimeoutSeconds * 1_000).toISOString());
  const shorten = isTerminal ? cut : (words: string) => words;
  return (event) => {
    const { state } = event;
    if (!state || !worthALine.has(state)) return null;
    const key = `${event.executionArn} ${state}`;
    if (event.kind === 'StateEntered') answers.delete(key);
    if (event.kind === 'TaskSucceeded') {
      const answered = answeredIn(event.output);
      if (answered) answers.set(key, answered);
    }
    if (event.replayed) return null;
    const answered = answers.get(key);
    if (event.kind === 'WaitingForToken' && state.startsWith('Approve'))
      return line('…', state, `waiting for a person until ${untilWhen(event.at)}: ${pageBaseUrl}/mailbox`);
    if (event.kind === 'WaitingForToken') return line('…', state, `watching: ${pageBaseUrl}/runs/${event.name}`);
    if (event.kind === 'WaitingForExecution') return line('…', state, 'asked for in a run of its own');
    if (event.kind === 'TaskRetried') return line('↻', state, `again: ${shorten(why(event))}`);
    if (event.kind === 'StateFailed' || event.kind === 'StateCaught') return line('✗', state, shorten(why(event)));
    if (event.kind === 'StateAborted') return line('–', state, shorten(event.cause ?? 'stopped'));
    if (event.kind !== 'StateExited') return null;
    return answered ? answeredLine(state, answered, shorten) : line('✓', state, took(event.durationMs));
  };
};

/** How many different reasons are told; the report has the others. */
const mostReasons = 12;

/** Boxes that failed, then those that are open; what a run that ended early has not reached is one line. */
const namedBoxes = (boxes: Report['boxes']): readonly string[] => {
  const reasons = new Map<string, string[]>();
  for (const answer of ['failed', 'open'] as const)
    for (const { id, reason } of boxes.filter((box) => box.answer === answer)) {
      const key = `${answer}: ${onOneLine(reason)}`;
      reasons.set(key, [...(reasons.get(key) ?? []), id]);
    }
  const lines = [...reasons].map(([reason, ids]) => `  ! ${ids.join(', ')} ${reason}`);
  return lines.length <= mostReasons
    ? lines
    : [...lines.slice(0, mostReasons), `  ! and ${lines.length - mostReasons} more reasons: see the report`];
};

/** `report` is null when the run was refused before it had one; `out` is where reports are copied to, `store` where the evidence lies. */
export const describeEnd = (
  {
    isSignedOff,
    migration,
    message,
    runId,
    signOffSha256,
    exceptions = [],
  }: Omit<RunEnd, 'executionArn' | 'error' | 'exceptions'> & Partial<Pick<RunEnd, 'exceptions'>>,
  report: Pick<Report, 'boxes'> | null,
  { out, store }: { readonly out: string; readonly store: string },
): string =>
  [
    `${isSignedOff ? '✓' : '✗'} ${migration}: ${indentRest(message)}`,
    ...exceptions.map((exception) => `  ! ${onOneLine(exception)}`),
    ...(report
      ? [
          `  ${count(report.boxes.length, 'box', 'boxes')}: ${answersInWords(report.boxes)}`,
          // What was accepted by name stands above already.
          ...(exceptions.length === 0 ? namedBoxes(report.boxes) : []),
          `  report: ${path.join(out, runId, 'report.html')}`,
          `  verify: npm run verify-evidence -- ${runId} --store ${store}${signOffSha256 === null ? '' : ` --sha256 ${signOffSha256}`}`,
        ]
      : []),
  ].join('\n');
