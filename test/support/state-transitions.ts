/** State transitions as Step Functions counts and bills them: the start, every state entered, every retry, the end. */
import type { HistoryEvent } from '#local/engine/history';

const countOf = (history: readonly HistoryEvent[], ending: string) =>
  history.filter(({ type }) => type.endsWith(ending)).length;

export const countTransitions = (history: readonly HistoryEvent[]): number => {
  const retries = countOf(history, 'TaskScheduled') - countOf(history, 'TaskStateEntered');
  return countOf(history, 'StateEntered') + Math.max(0, retries) + countOf(history, 'ExecutionStarted') + 1;
};
