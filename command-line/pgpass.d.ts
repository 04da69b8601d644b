/** The parts of libpq's password file that the package `pgpass` reads; it has no types of its own. */
declare module 'pgpass/lib/helper' {
  import type { Stats } from 'node:fs';

  type Place = { readonly host: string; readonly port: number; readonly database: string; readonly user: string };
  type Entry = { readonly [field in keyof Place]: string } & { readonly password: string };

  export const getFileName: (environment?: Readonly<Record<string, string | undefined>>) => string;
  /** False where others may read the file; prints a warning then. */
  export const usePgPass: (stats: Stats, file: string) => boolean;
  export const parseLine: (line: string) => Entry | null;
  export const match: (place: Place, entry: Entry) => boolean;
}
