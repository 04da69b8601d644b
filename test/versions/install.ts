/** PostgreSQL of other major versions and newer versions of Node, from a package of its own: a person who only uses the product need not download them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const programs = path.join(__dirname, 'programs');

export default () => {
  if (existsSync(path.join(programs, 'node_modules', '.package-lock.json'))) return;
  // Without its install script: the programs are copied, and the copy gets the links that the script would make.
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: programs, stdio: 'inherit' });
};
