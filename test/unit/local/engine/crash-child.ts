/** The run in a process of its own, which kills itself once it has written so many journal lines: `crash-child DIRECTORY LINES`. */
import fs from 'node:fs';
import { runToEnd } from './crash-run';

const [directory = '', lines = ''] = process.argv.slice(2);
const write = fs.writeSync as (...given: unknown[]) => number;
let written = 0;
fs.writeSync = ((...given: unknown[]) => {
  const bytes = write(...given);
  // The definition is written beside the journal and is no line of it.
  if (String(given[1]).startsWith('{"key"')) written++;
  if (written === Number(lines)) process.kill(process.pid, 'SIGKILL');
  return bytes;
}) as typeof fs.writeSync;

runToEnd(directory).catch((error: Error) => process.stderr.write(String(error.stack)));
