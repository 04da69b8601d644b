/** How the files of a backup are compressed: gzip, which whoever has psql has too. */
import type { Transform } from 'node:stream';
import { constants, createGunzip, createGzip } from 'node:zlib';
import type { Compression } from '#domain/backup/manifest';

const chunkSize = 256 * 1024;

export const ownCompression: Compression = 'gzip';

/** What psql's user types before the file's name. */
export const programOf: Readonly<Record<Compression, string>> = { gzip: 'gzip -dc' };

export const extensionOf: Readonly<Record<Compression, string>> = { gzip: '.sql.gz' };

/** Level 1: level 6 takes three times as long for a tenth less. */
export const createCompress = (): Transform => createGzip({ level: constants.Z_BEST_SPEED, chunkSize });

export const createDecompress = (): Transform => createGunzip({ chunkSize });
