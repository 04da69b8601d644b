/** What a bundle loads at run time from beside itself: WebAssembly, and the program of a thread. */
import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../project-root';

/** A file of a package is where modules find the package, which may be above this project. */
const whereItLies = (file: string): string => {
  const [, inPackage] = /^node_modules\/(.+)$/.exec(file) ?? [];
  if (inPackage === undefined) return path.join(projectRoot, file);
  const places = (require.resolve.paths(inPackage) ?? []).map((folder) => path.join(folder, inPackage));
  return places.find((place) => existsSync(place)) ?? path.join(projectRoot, file);
};

type Companion = {
  /** Part of a path; a bundle with a source from there needs the files. */
  readonly of: string;
  readonly files: readonly string[];
};

const companions: readonly Companion[] = [
  { of: 'libpg-query/wasm/', files: ['node_modules/libpg-query/wasm/libpg-query.wasm'] },
  {
    of: 'lambdas/adapters/postgres/backup/',
    files: [
      'lambdas/adapters/postgres/backup/pg-dump-worker.cjs',
      'node_modules/@electric-sql/pglite-tools/dist/pg_dump.cjs',
      'node_modules/@electric-sql/pglite-tools/dist/pg_dump.wasm',
    ],
  },
];

/** `sources` are what the bundle in the folder was made of, relative to the project's root. */
export const copyCompanions = (sources: readonly string[], folder: string): void => {
  for (const { of, files } of companions) {
    if (!sources.some((source) => source.includes(of))) continue;
    for (const file of files) copyFileSync(whereItLies(file), path.join(folder, path.basename(file)));
  }
};
