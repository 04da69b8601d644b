import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

test('V8 knows every flag that it is given, so nothing is written to a terminal', async () => {
  const module = path.resolve(__dirname, '../../../command-line/compile-little.ts');

  const { stderr } = await execute(process.execPath, ['--import', 'tsx', module]);

  expect(stderr).toBe('');
});
