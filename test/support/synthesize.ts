/** Before the tests of `infra`: synthesizes once, as `npm run synth` does, and says where. It takes seconds, so once for all files. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readExampleConfig } from '#infra/config';
import { synthesize } from '#infra/synthesize';
import { projectRoot } from './project-root';

export const outputVariable = 'SYNTHESIZED_TEMPLATES';

export default async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'synth-'));
  process.env[outputVariable] = directory;
  synthesize(directory, readExampleConfig(projectRoot));
};
