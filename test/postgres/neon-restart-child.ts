/** A process of its own with a simulator, for the test that ends it. Arguments: the folder, how it ends. */
import { createNeonClient } from '@neon/sdk';
import { type NeonSimulator, startNeonSimulator } from '#local/neon-simulator/simulator';
import { query } from './neon-simulation';

const report = (branchId: string | null) => process.stdout.write(`${JSON.stringify({ branchId })}\n`);

const branchAndDie = async ({ apiKey, baseUrl, projectId, stagingBranchId, connection }: NeonSimulator) => {
  const neon = createNeonClient({ apiKey, baseUrl, throwOnError: true, wait: { pollIntervalMs: 20 } });
  const from = { projectId, parent_id: stagingBranchId };
  const branch = await neon.branches.create({ ...from, name: 'complete' });
  await query(connection(stagingBranchId), 'CREATE TABLE on_staging AS SELECT 1 AS n');
  await query(connection(branch.id), 'CREATE TABLE on_branch AS SELECT 2 AS n');
  report(branch.id);
  // Answered as soon as the copy has begun.
  await neon.branches.create({ ...from, name: 'half-made' }, { waitForReadiness: false });
  process.kill(process.pid, 'SIGKILL');
};

const main = async ([home = '', ending]: readonly string[]) => {
  const simulator = await startNeonSimulator({ home });
  if (ending === 'dies while it branches') await branchAndDie(simulator);
  report(null);
  if (ending === 'exits') process.exit(0);
};

void main(process.argv.slice(2));
