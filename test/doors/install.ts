/** Other migration tools, from a package of their own: a person who only uses the product need not download them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import startPostgres from '#test/support/start-postgres';

const tools = path.join(__dirname, 'tools');

export default async () => {
  if (!existsSync(path.join(tools, 'node_modules', '.package-lock.json')))
    // Not `npm ci`: it refuses a lockfile that leaves out a platform's optional package, which a registry may not have.
    execFileSync('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: tools,
      stdio: 'inherit',
    });
  await startPostgres();
};
