import { rmSync } from 'node:fs';
import { outputVariable } from './synthesize';

export default async () => {
  const directory = process.env[outputVariable];
  if (directory) rmSync(directory, { recursive: true, force: true });
};
