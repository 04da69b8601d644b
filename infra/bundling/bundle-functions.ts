/**
 * Bundles the functions with the local esbuild: all of them in one run, so that what they share is read once. (One run for
 * each, as NodejsFunction does it, takes ten times as long.)
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { projectRoot } from '../project-root';
import { copyCompanions } from './companions';
import { type BundledRow, entryText } from './entry-text';

const runEsbuild = (entryPoints: Readonly<Record<string, string>>, folder: string): Metafile =>
  buildSync({
    entryPoints: { ...entryPoints },
    outdir: folder,
    absWorkingDir: projectRoot,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // Not 24, which Lambda runs: the bundles are also run where they are built, on Node 20 or newer.
    target: 'node20',
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    // Nothing external, not even the SDK that Lambda has: what is deployed is what was tested.
    logLevel: 'warning',
  }).metafile;

/** One folder for each function below the given one, which exists and is empty. */
export const bundleFunctions = (rows: readonly BundledRow[], folder: string): void => {
  const entries = path.join(folder, 'entries');
  mkdirSync(entries);
  const entryPoints = rows.map((row) => {
    const file = path.join(entries, `${row.functionName}.ts`);
    writeFileSync(file, entryText(row));
    return [`${row.functionName}/index`, file] as const;
  });
  const { outputs } = runEsbuild(Object.fromEntries(entryPoints), folder);
  for (const { functionName } of rows) {
    const bundle = path.join(folder, functionName);
    const output = outputs[path.relative(projectRoot, path.join(bundle, 'index.js')).split(path.sep).join('/')];
    copyCompanions(Object.keys(output?.inputs ?? {}), bundle);
  }
};

/**
 * Hands over a function that says in which folder a function's bundle lies, and removes the folders afterwards. They lie in
 * the project, so that the paths in the source maps, and with them the hashes, do not depend on where the project lies.
 */
export const withBundles = <T>(
  rows: readonly BundledRow[],
  work: (folderOf: (functionName: string) => string) => T,
): T => {
  const local = path.join(projectRoot, '.local');
  mkdirSync(local, { recursive: true });
  const folder = mkdtempSync(path.join(local, 'bundles-'));
  try {
    bundleFunctions(rows, folder);
    return work((functionName) => path.join(folder, functionName));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
