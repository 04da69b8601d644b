/** What only the deployment needs: a clone has it, the installed package asks for it, so that everything else stays small. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '#command-line/exit-codes';
import { projectRoot } from '#infra/project-root';

const packages = [
  '@aws-sdk/client-cloudwatch-logs',
  'aws-cdk',
  'aws-cdk-lib',
  'cdk-nag',
  'constructs',
  'esbuild',
] as const;

/** As modules find it from here; null where it is not installed. */
export const folderOfPackage = (name: string): string | null =>
  (require.resolve.paths(name) ?? [])
    .map((folder) => path.join(folder, name))
    .find((folder) => existsSync(path.join(folder, 'package.json'))) ?? null;

/** True in the installed package, which holds no TypeScript. */
export const isCompiled = path.extname(__filename) === '.js';

/** The versions that this version was tested with, as its package.json has them. */
const versions = (): Readonly<Record<string, string>> => {
  const file = path.join(projectRoot, ...(isCompiled ? ['..'] : []), 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { devDependencies: Readonly<Record<string, string>> })
    .devDependencies;
};

/** Errors: UsageError, with the one command that installs all of them. */
export const requireDeployPackages = (folderOf = folderOfPackage): void => {
  const missing = packages.filter((name) => folderOf(name) === null);
  if (missing.length === 0) return;
  const tested = versions();
  throw new UsageError(
    `deploying needs the CDK, which the small install leaves out (about 210 MB): ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed; install beside migration-checklist, in the folder of its package.json: npm install --save-dev ${missing.map((name) => `${name}@${tested[name]}`).join(' ')}`,
  );
};
