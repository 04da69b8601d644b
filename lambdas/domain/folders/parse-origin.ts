/** From the files of a migration in another tool's form to what the workflow runs, or to one message about what stands in the way. */
import { MigrationRefused } from '#domain/errors';
import type { Migration, SqlStatement } from '#domain/migration/migration';
import { purposeOf } from '#domain/migration/parse-migration';
import { parseAny } from '#domain/migration/parse-statements';
import { refuseUnfit } from '#domain/migration/refused-statements';
import { statementsOf } from '#domain/migration/statements';
import { splitIntoUnits } from '#domain/migration/units';
import { sha256Of } from '#domain/sha256';
import type { ParsedStatement } from '#domain/sql/parse-sql';
import { refusal, type Source } from '#domain/sql/source';
import { nodeOf } from '#domain/sql/syntax';
import type { FolderMigration, Script } from './folder';
import { type Origin, type ReadFile, versionInForm } from './origin';
import { recogniseFolder } from './recognise';
import { partSource } from './script';

type ParsedScript = {
  readonly statements: readonly SqlStatement[];
  readonly sql: string;
  readonly purpose: string | null;
};

const nothing: ParsedScript = { statements: [], sql: '', purpose: null };

/** How a file says, to its tool, that it must not run in a transaction; null where the tool has no way to say so. */
const leavingTransaction: Readonly<Record<string, string | null>> = {
  goose: 'the line "-- +goose NO TRANSACTION" at its top',
  dbmate: '"transaction:false" behind its "-- migrate:up"',
  'sql-migrate': '"notransaction" behind its "-- +migrate Up"',
  sqlx: '"-- no-transaction" as its first bytes',
  'graphile-migrate': '"--! no-transaction" as the first line of its body',
  folders: '"run_in_transaction = false" in a metadata.toml beside it',
  drizzle: null,
  'drizzle-folders': null,
  'node-pg-migrate': null,
  supabase: null,
};

/** These send the whole file as one query, which is a transaction as soon as it holds a second statement. */
const sentAsOneQuery: readonly string[] = ['pairs', 'prisma', 'numbered'];

const aloneIn = (statements: readonly SqlStatement[]) => statements.length === 1;

const whyToolFails = (
  { form, formName }: Origin<ReadFile>,
  { inTransaction }: Script,
  statements: readonly SqlStatement[],
): string | null => {
  if (!inTransaction) return null;
  if (sentAsOneQuery.includes(form))
    return aloneIn(statements)
      ? null
      : 'its tool sends the file as one query, which is a transaction as soon as it holds a second statement. Give the statement a migration of its own';
  const remedy = leavingTransaction[form];
  if (remedy === undefined) return null;
  return remedy === null
    ? `${formName} runs every file in a transaction, so it cannot run this one on any other database. Leave CONCURRENTLY out, or give the statement to the tool as a program`
    : `${formName} would run the file in a transaction; expected ${remedy}. Add it`;
};

/** The tool has to be able to run the file too: on other databases it does. */
const refuseUnlessToolCan = (origin: Origin<ReadFile>, script: Script, statements: readonly SqlStatement[]): void => {
  const outside = splitIntoUnits(statements).find((unit) => unit.outside);
  const why = outside && whyToolFails(origin, script, statements);
  if (!why) return;
  throw refusal(
    script.fileName,
    outside.statements.at(-1)?.line ?? null,
    `${outside.outside?.name} cannot run in a transaction, and ${why}`,
  );
};

type InSource = { readonly source: Source; readonly statement: ParsedStatement };

const isControl = ({ statement }: InSource, ...kinds: readonly string[]) =>
  kinds.includes(nodeOf(statement.node, 'TransactionStmt')?.kind ?? '');

/** `BEGIN; …; COMMIT;` around a whole script says what the workflow does anyway. */
const withoutFrame = (found: readonly InSource[]): readonly InSource[] => {
  const [first, last] = [found[0], found.at(-1)];
  const isFramed =
    first && last && isControl(first, 'TRANS_STMT_BEGIN', 'TRANS_STMT_START') && isControl(last, 'TRANS_STMT_COMMIT');
  return isFramed ? found.slice(1, -1) : found;
};

const parseScript = async (script: Script): Promise<ParsedScript> => {
  const { fileName, parts, problem, problemLine } = script;
  if (problem !== null)
    throw problem.startsWith(fileName)
      ? new MigrationRefused(problem)
      : refusal(fileName, problemLine ?? null, problem);
  const sources = parts.map((part) => partSource(fileName, part));
  const found: InSource[] = [];
  for (const source of sources)
    for (const statement of await parseAny(source, 'Correct the statement')) found.push({ source, statement });
  const kept = withoutFrame(found);
  const statements = sources.flatMap((source) => {
    const own = kept.filter((one) => one.source === source).map(({ statement }) => statement);
    refuseUnfit(source, own);
    return statementsOf(source, own);
  });
  return {
    statements: statements.map((statement, index) => ({ ...statement, index })),
    sql: parts.map(({ text }) => text).join('\n'),
    purpose: sources.map(purposeOf).find((purpose) => purpose !== null) ?? null,
  };
};

const scriptsOf = (origin: Origin<ReadFile>): FolderMigration => {
  const { form, name, files } = origin;
  const own = files.map(({ path, bytes }) => ({ path, bytes }));
  const found = recogniseFolder(own, [], { form }).migrations.find((migration) => migration.name === name);
  if (found) return found;
  throw new MigrationRefused(
    `${files[0]?.path ?? name} is no migration in the form ${origin.formName} any more; expected the one that was named ${name}`,
  );
};

/** For people: the words of the name behind its version. */
const descriptionOf = (name: string) =>
  name
    .slice(name.lastIndexOf('/') + 1)
    .replace(/^V?[\d._-]+/, '')
    .replace(/^[_ -]+/, '') || name;

/**
 * Without a way back the rollback has no statements. Errors: MigrationRefused, also where the tool itself could not run the file.
 *
 * @example
 * await parseOrigin({ form: 'pairs', formName: '…', name: '3_a', previous: null, files: [{ role: 'forward', path: '3_a.up.sql', bytes }] })
 * // { fileName: '3_a.up.sql', version: '3', statements: […], rollback: { statements: [], … }, … }
 */
export const parseOrigin = async (origin: Origin<ReadFile>): Promise<Migration> => {
  const { up, down } = scriptsOf(origin);
  const forward = await parseScript(up);
  if (forward.statements.length === 0)
    throw refusal(up.fileName, null, 'there is no statement in the way forward; expected at least one. Write it');
  refuseUnlessToolCan(origin, up, forward.statements);
  const back = down ? await parseScript(down) : nothing;
  if (down) refuseUnlessToolCan(origin, down, back.statements);
  return {
    fileName: up.fileName,
    version: versionInForm(origin.form, origin.name),
    description: descriptionOf(origin.name),
    sha256: sha256Of(origin.files[0]?.bytes ?? ''),
    purpose: forward.purpose,
    statements: forward.statements,
    rollback: { sql: back.sql, sha256: sha256Of(back.sql), statements: back.statements },
    form: { id: origin.form, name: origin.formName },
  };
};
