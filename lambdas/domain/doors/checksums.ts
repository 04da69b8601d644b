/** How the tools hash a migration's file: byte for byte as each of them does. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sha256Of } from '#domain/sha256';

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

/** Flyway: CRC-32 over the lines without their ends and without a byte order mark, as a signed integer. */
export const flywayChecksum = (bytes: Uint8Array): string => {
  const text = textOf(bytes).replace(/^\ufeff/, '');
  return String(crc32(Buffer.from(text.replace(/\r\n|\r|\n/g, ''), 'utf8')) | 0);
};

/** Drizzle: sha256 of the file's text, hex. */
export const drizzleHash = (bytes: Uint8Array): string => sha256Of(textOf(bytes));

/** Prisma: sha256 of the text, hex; it accepts the same text with the other line ends too. The first is what it writes. */
export const prismaChecksums = (bytes: Uint8Array): readonly string[] => {
  const text = textOf(bytes);
  const withLf = text.replaceAll('\r\n', '\n');
  return [text, withLf, withLf.replaceAll('\n', '\r\n')].map(sha256Of);
};

/** sqlx: SHA-384 of the bytes, as PostgreSQL writes a bytea. */
export const sqlxChecksum = (bytes: Uint8Array): string => `\\x${createHash('sha384').update(bytes).digest('hex')}`;

/** Java's `String.hashCode`. */
export const javaHashCode = (text: string): number =>
  [...text].reduce((hash, _, at) => (Math.imul(hash, 31) + text.charCodeAt(at)) | 0, 0);

const unsigned32 = 2n ** 32n;

/** golang-migrate's key: CRC-32 over schema, table and database, parted by NUL, times a constant, modulo 2³². */
export const golangMigrateKey = (schema: string, table: string, database: string): string =>
  String((BigInt(crc32([schema, table, database].join('\u0000'))) * 1_486_364_155n) % unsigned32);

/** sqlx's key of the library's `Migrator::run`. */
export const sqlxKey = (database: string): string => String(0x3d32ad9en * BigInt(crc32(database)));

/** Flyway's key, from the quoted name of its table. */
export const flywayKey = (schema: string, table: string): string =>
  String(77_431_708_279_161n + BigInt(javaHashCode(`"${schema}"."${table}"`)));
