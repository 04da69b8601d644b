/** The parts of pages that change while they are open. */
import { reportKeys } from '#lambdas/record/keys';
import type { LivePart } from './event-stream';
import { runFragment } from './run-page';
import { rowsOf } from './run-rows';
import { runsFragment } from './runs-page';
import type { Site } from './site';

/** Null when there is no run of this name. */
export const readRunPart = async ({ engine, store }: Site, name: string): Promise<LivePart | null> => {
  const summary = (await engine.listExecutions()).find((execution) => execution.name === name);
  if (!summary) return null;
  // History first: if the run ends in between, the next event shows it, and nothing is lost.
  const history = await engine.history(summary.executionArn);
  const execution = await engine.describeExecution(summary.executionArn);
  const { rows, strange } = await rowsOf(store, name, history);
  const hasReport = (await store.read(reportKeys(name).html)) !== null;
  return { markup: runFragment(execution, rows, hasReport, strange), isFinal: execution.status !== 'RUNNING' };
};

export const readRunsPart = async ({ engine }: Site): Promise<LivePart> => ({
  markup: runsFragment(await engine.listExecutions()),
  isFinal: false,
});
