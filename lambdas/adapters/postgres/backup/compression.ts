/** How the files of a backup are compressed: zstd where Node has it, and otherwise gzip. */
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Compression } from '#domain/backup/manifest';

const chunkSize = 256 * 1024;

/** What Node 22.15 and newer have besides what the types of the oldest Node know. */
type Zstd = {
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
  createZstdCompress(options: { chunkSize: number; params: Readonly<Record<number, number>> }): Transform;
  createZstdDecompress(options: { chunkSize: number }): Transform;
};

const hasZstd = (library: object): library is Zstd => 'createZstdCompress' in library;

type Method = {
  /** What psql's user types before the file's name. */
  readonly program: string;
  readonly extension: string;
  readonly compress: () => Transform;
  readonly decompress: () => Transform;
};

// Level 1 of both: gzip's level 6 takes twice as long for a twentieth less, zstd's level 3 half as long again for nothing less.
const gzip: Method = {
  program: 'gzip -dc',
  extension: '.sql.gz',
  compress: () => zlib.createGzip({ level: zlib.constants.Z_BEST_SPEED, chunkSize }),
  decompress: () => zlib.createGunzip({ chunkSize }),
};

/** Less than half of gzip's work, and smaller files. */
const zstdOf = (library: Zstd): Method => ({
  program: 'zstd -dc',
  extension: '.sql.zst',
  compress: () => library.createZstdCompress({ chunkSize, params: { [library.constants.ZSTD_c_compressionLevel]: 1 } }),
  decompress: () => library.createZstdDecompress({ chunkSize }),
});

/** Those that this Node has; null for what it has not. */
export const methods: Readonly<Record<Compression, Method | null>> = {
  gzip,
  zstd: hasZstd(zlib) ? zstdOf(zlib) : null,
};

export const ownCompression: Compression = methods.zstd ? 'zstd' : 'gzip';

/** With which new backups are written. */
export const ownMethod: Method = methods[ownCompression] ?? gzip;
