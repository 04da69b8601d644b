/** Where the monitoring window keeps its state. */
export const watchKeys = (runId: string) => ({
  watch: `runs/${runId}/monitoring/watch.json`,
  summary: `runs/${runId}/monitoring/summary.json`,
});
