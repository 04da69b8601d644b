/** The terminal's output: a line per state with its duration, what the run waits for, and how it ended. */
import path from 'node:path';
import { count } from '#domain/count';
import { answersInWords } from '#domain/evidence/answers';
import { formatDuration } from '#domain/html/page';
import { messageOf } from '#domain/reports/closing';
import type { Report } from '#domain/reports/report';
import { onOneLine } from '#domain/reports/sentence';
import { checklist, entryPoints, namesOf } from '#lambdas/checklist';
import type { ExecutionEvent } from '#local/engine/engine';
import type { RunEnd } from '#local/runs';

/** The states that call a function. A parallel group adds nothing to its steps, and choices take no time. */
const worthALine = new Set([
  ...checklist.map((step) => namesOf(step).stateName),
  ...entryPoints.flatMap(({ stateNames }) => stateNames),
]);

const took = (durationMs: number | undefined) => {
  if (durationMs === undefined) return '';
  return durationMs < 60_000 ? `${(durationMs / 1000).toFixed(1)} s` : formatDuration(durationMs);
};

const line = (sign: string, state: string, note: string) => `  ${sign} ${state.padEnd(34)} ${note}`.trimEnd();

/** The rest of the message is printed when the run ends. */
const mostLetters = 120;

/** The message of the failure; the error's name only where there is no message. */
const why = ({ error, cause }: ExecutionEvent): string => {
  const words = onOneLine(messageOf(cause ?? '')) || error || 'an error without a message';
  return words.length <= mostLetters ? words : `${words.slice(0, mostLetters)}…`;
};

/** The line for an event; null when it gets none. Replayed events were shown before. */
export const describeEvent = (event: ExecutionEvent, pageBaseUrl: string): string | null => {
  const { state } = event;
  if (event.replayed || !state || !worthALine.has(state)) return null;
  if (event.kind === 'WaitingForToken' && state.startsWith('Approve'))
    return line('…', state, `waiting for a person: ${pageBaseUrl}/mailbox`);
  if (event.kind === 'WaitingForToken') return line('…', state, `watching: ${pageBaseUrl}/runs/${event.name}`);
  if (event.kind === 'TaskRetried') return line('↻', state, `again: ${why(event)}`);
  if (event.kind === 'StateFailed' || event.kind === 'StateCaught') return line('✗', state, why(event));
  if (event.kind === 'StateExited') return line('✓', state, took(event.durationMs));
  return null;
};

/** `report` is null when the run was refused before it had one; `out` is where reports are copied to, `store` where the evidence lies. */
export const describeEnd = (
  { isSignedOff, migration, message, runId, signOffSha256 }: Omit<RunEnd, 'executionArn' | 'error'>,
  report: Pick<Report, 'boxes'> | null,
  { out, store }: { readonly out: string; readonly store: string },
): string =>
  [
    `${isSignedOff ? '✓' : '✗'} ${migration}: ${message}`,
    ...(report
      ? [
          `  ${count(report.boxes.length, 'box', 'boxes')}: ${answersInWords(report.boxes)}`,
          `  report: ${path.join(out, runId, 'report.html')}`,
          `  verify: npm run verify-evidence -- ${runId} --store ${store}${signOffSha256 === null ? '' : ` --sha256 ${signOffSha256}`}`,
        ]
      : []),
  ].join('\n');
