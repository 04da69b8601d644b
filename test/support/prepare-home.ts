/** Makes the data directory of a first start once: every sandbox begins with a copy of it, which takes a tenth of the time. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startNeonSimulator } from '#local/neon-simulator/simulator';
import { makePostgresHome } from '#local/postgres/home';
import { runAsForThisProcess } from '#local/postgres/run-as';

export default async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'migration-checklist-home-'));
  // mkdtemp makes 0700, which the user that PostgreSQL runs as could not enter.
  await chmod(folder, 0o755);
  const home = await makePostgresHome(path.join(folder, 'postgres'), runAsForThisProcess());
  await (await startNeonSimulator({ home })).close();
  process.env['TEST_POSTGRES_HOME'] = home;
};
