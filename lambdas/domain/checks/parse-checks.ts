import { parseStatements } from '#domain/migration/parse-statements';
import { sha256Of } from '#domain/sha256';
import { outsideTransaction } from '#domain/sql/outside-transaction';
import type { ParsedStatement } from '#domain/sql/parse-sql';
import { derivedSource, readSource, refusal, type Source } from '#domain/sql/source';
import { maskPlaceholders } from './bind-saved';
import { sectionsOf } from './check-sections';
import type { ChecksFile } from './checks';
import { declaredApplication } from './declared-application';
import { declaredQuery } from './declared-queries';
import { declaredTest } from './declared-tests';
import { type Directive, directivesOf } from './directives';

/** The report names each test and query, so each has a name of its own. */
const refuseUnnamed = (fileName: string, directives: readonly Directive[]): void => {
  const seen = new Map<string, number>();
  for (const { keyword, value, at } of directives.filter((one) => one.keyword === 'test' || one.keyword === 'query')) {
    if (value === '')
      throw refusal(fileName, at, `the ${keyword} has no name; expected "-- ${keyword}: <name>". Name it`);
    const key = `${keyword} ${value}`;
    const line = seen.get(key);
    if (line !== undefined)
      throw refusal(fileName, at, `a second ${keyword} is named "${value}", as in line ${line}. Give it another name`);
    seen.set(key, at.line);
  }
};

const refuseStrayExpect = (fileName: string, directives: readonly Directive[]): void => {
  const stray = directives.find(
    ({ keyword, inlineExpect }) => inlineExpect !== null && keyword !== 'query' && keyword !== 'probe',
  );
  if (stray)
    throw refusal(
      fileName,
      stray.at,
      `"expect:" on the line of "${stray.keyword}:"; only queries and probes have it there. Put it above the statement`,
    );
};

const masked = (source: Source): Source => {
  const text = source.bytes.toString('latin1');
  const sameLength = Buffer.from(maskPlaceholders(text), 'latin1').toString('utf8');
  return derivedSource(source.fileName, sameLength, (position) => position);
};

/** All checks run in one transaction that is rolled back. */
const refuseOutsideTransaction = (source: Source, statements: readonly ParsedStatement[]): void => {
  for (const { node, start } of statements) {
    const outside = outsideTransaction(node);
    if (outside)
      throw refusal(
        source.fileName,
        source.positionAt(start),
        `${outside.name} cannot run in a transaction, and checks run in one that is rolled back. Remove it`,
      );
  }
};

/**
 * Parses a `.checks.sql` file; the format is in migrations/README.md. Errors: MigrationRefused, with `file:line:column`.
 *
 * @example
 * const text = '-- test: an id is unique\nINSERT INTO jobs VALUES (1), (1);  -- expect: 23505\n';
 * const { tests } = await parseChecks('001_create_jobs.checks.sql', Buffer.from(text));
 * // tests[0].name 'an id is unique', tests[0].statements[0].expectedSqlState '23505'
 */
export const parseChecks = async (fileName: string, bytes: Buffer): Promise<ChecksFile> => {
  const written = readSource(fileName, bytes);
  const source = masked(written);
  const directives = directivesOf(source);
  refuseUnnamed(fileName, directives);
  refuseStrayExpect(fileName, directives);
  const statements = await parseStatements(source, 'Correct the statement');
  refuseOutsideTransaction(source, statements);
  const sections = sectionsOf(source, directives, statements);
  const application = declaredApplication(fileName, directives);
  if (sections.length === 0 && application.kind === 'undeclared')
    throw refusal(
      fileName,
      null,
      'the file declares nothing; expected "-- test: <name>", "-- query: <name>", "-- probe: …" or "-- application: none, <reason>". Add one, or remove the file',
    );
  const ofKind = (keyword: Directive['keyword']) => sections.filter(({ heading }) => heading.keyword === keyword);
  return {
    fileName,
    sha256: sha256Of(bytes),
    tests: ofKind('test').map((section) => declaredTest(source, written, section)),
    queries: ofKind('query').map((section) => declaredQuery(source, written, section)),
    application,
  };
};
