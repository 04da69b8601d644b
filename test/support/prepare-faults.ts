/** For faults of whole runs and of single calls: a first start to copy, and a server to call. */
import prepareHome from './prepare-home';
import startPostgres from './start-postgres';

export default async () => {
  await prepareHome();
  await startPostgres();
};
