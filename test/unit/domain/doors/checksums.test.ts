import {
  drizzleHash,
  flywayChecksum,
  flywayKey,
  golangMigrateKey,
  prismaChecksums,
  sqlxChecksum,
  sqlxKey,
} from '#domain/doors/checksums';

const file = Buffer.from('-- first\nCREATE TABLE a (id int);\n');
const withCrlf = Buffer.from('-- first\r\nCREATE TABLE a (id int);\r\n');
const sha256 = '56b983e24eb6ea0ae5fafb4878d508ea111d137359815c15ba241d1fe68216dc';

test("Flyway's checksum is that of the lines, whatever their ends and the byte order mark", () => {
  for (const bytes of [file, withCrlf, Buffer.concat([Buffer.from('\ufeff'), file])])
    expect(flywayChecksum(bytes)).toBe('-576898448');
});

test("Prisma's and Drizzle's checksums are sha256 of the text, and Prisma takes the text with other line ends", () => {
  expect(drizzleHash(file)).toBe(sha256);
  expect(prismaChecksums(withCrlf)).toContain(prismaChecksums(file)[0]);
  expect(prismaChecksums(file)[0]).toBe(drizzleHash(file));
  expect(drizzleHash(withCrlf)).not.toBe(drizzleHash(file));
});

test("sqlx's checksum is SHA-384 of the bytes", () => {
  expect(sqlxChecksum(file)).toBe(
    '\\xf193300e13fc992c4ab1af497de4794c7a926c3a9b6db9ae277da1e2cdc3a4147782258d5b3aea467e8160e710890d2e',
  );
});

test('the keys of the locks are those that the tools take', () => {
  expect(golangMigrateKey('public', 'schema_migrations', '/shop')).toBe('2101699660');
  expect(golangMigrateKey('public', 'schema_migrations', 'shop')).toBe('3689236698');
  expect(sqlxKey('shop')).toBe('2969972169318647292');
  expect(flywayKey('public', 'flyway_schema_history')).toBe('77433833903597');
});
