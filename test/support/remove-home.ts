/** Takes away what `prepare-home.ts` made. */
import { rm } from 'node:fs/promises';
import path from 'node:path';

export default async () => {
  const home = process.env['TEST_POSTGRES_HOME'];
  if (home) await rm(path.dirname(home), { recursive: true, force: true });
};
