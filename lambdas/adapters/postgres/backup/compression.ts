/** How the files of a backup are compressed: zstd where Node has it (22.15, 23.8 and later), gzip elsewhere. */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Compression } from '#domain/backup/manifest';
import { DumpUnusable } from './read-dump';

const chunkSize = 256 * 1024;

/** Not in the types of the oldest Node that we run on. */
const zstd = zlib as unknown as {
  readonly createZstdCompress?: (options: object) => Transform;
  readonly createZstdDecompress?: (options: object) => Transform;
};

export const ownCompression: Compression = zstd.createZstdCompress ? 'zstd' : 'gzip';

/** What psql's user types before the file's name. */
export const programOf: Readonly<Record<Compression, string>> = { gzip: 'gzip -dc', zstd: 'zstd -dc' };

export const extensionOf: Readonly<Record<Compression, string>> = { gzip: '.sql.gz', zstd: '.sql.zst' };

export const createCompress = (): Transform =>
  // Level 1: gzip's level 6 takes three times as long for a tenth less.
  zstd.createZstdCompress
    ? zstd.createZstdCompress({ chunkSize })
    : zlib.createGzip({ level: zlib.constants.Z_BEST_SPEED, chunkSize });

/** Errors: DumpUnusable. */
export const createDecompress = (compression: Compression): Transform => {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize });
  if (zstd.createZstdDecompress) return zstd.createZstdDecompress({ chunkSize });
  throw new DumpUnusable(
    `the backup is compressed with zstd, and this is Node ${process.versions.node}; restore it with Node 22.15 or newer`,
  );
};
