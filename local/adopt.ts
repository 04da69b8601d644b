/** Takes over a database that another tool, or a person, has brought to where it is: what stands is recorded, nothing is run. */
import { documentPaths } from '#domain/boxes/14-update-documentation';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { chooseDoor, doorsIn, type FoundDoor, namedDoorOf, stateOf, tableNamesOf } from '#domain/doors/choose';
import { adoptedDoor, faultsOfTable } from '#domain/doors/compare';
import { doorsOf } from '#domain/doors/doors';
import { InvalidInput, MigrationRefused, TargetIsBusy } from '#domain/errors';
import type { OtherFolder } from '#domain/folders/others';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { MigrationFile } from '#domain/ledger/order-migrations';
import { doorInWords, type ToolRowRecord, toolRowInWords } from '#domain/ledger/tool-row';
import { refuseBesideUnresolved } from '#domain/ledger/unresolved';
import { parseFileName, versionKey } from '#domain/migration/file-name';
import { addAdoption } from '#domain/reports/decision-entry';
import type { Database, TargetState } from '#lambdas/ports/database';
import type { ProjectDocuments } from '#lambdas/ports/people';
import type { ArtifactStore } from '#lambdas/ports/store';
import { recordCatalog } from '#lambdas/record/recorded-catalog';

const target = { branchId: 'target' } as const;

export type AdoptionClaim = {
  readonly by: string;
  /** A version, name or file: how far the database is, by a person's word; null where a tool's table says it. */
  readonly baseline: string | null;
  readonly because: string | null;
  /** `schema.table` where there are several, or the team has another name for it. */
  readonly table: string | null;
  /** What stands in the ledger afterwards: unique for each adoption. */
  readonly runId: string;
};

export type AdoptionParts = {
  readonly database: Pick<Database, 'readTargetState' | 'readToolTables' | 'readCatalog' | 'adopt'>;
  readonly store: ArtifactStore;
  readonly documents: ProjectDocuments;
};

/** The folder: `others` is null where it is in our own form; `files` are in order either way. */
export type AdoptedFolder = { readonly others: OtherFolder | null; readonly files: readonly MigrationFile[] };

type Standing = MigrationFile & { readonly version: string; readonly toolRow: ToolRowRecord | null };

export type AdoptionPlan = {
  readonly entries: readonly Standing[];
  /** What it rests on, in words. */
  readonly reason: string;
  readonly door: FoundDoor | null;
  /** Files that stand before one that is adopted and are not applied. */
  readonly passedOver: readonly string[];
  /** The first file that is still to be run; null when all are applied. */
  readonly next: string | null;
};

const requireFree = ({ lease, ledger }: TargetState) => {
  if (lease && !lease.isExpired)
    throw new TargetIsBusy(
      `run ${lease.runId} (${lease.holder}) holds the target until ${lease.expiresAt} at the latest; wait for its end, then adopt`,
    );
  refuseBesideUnresolved(ledger, '');
};

const versionOf = ({ version, fileName }: MigrationFile) => version ?? parseFileName(fileName).version;

const namedTable = (form: string, tables: Parameters<typeof doorsIn>[1], wanted: string): FoundDoor => {
  const [schema, table] = wanted.includes('.') ? wanted.split('.') : [null, wanted];
  const found = doorsIn(form, tables).filter(
    (one) => one.table.table === table && (schema === null || one.table.schema === schema),
  );
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const known = doorsOf(form).map(({ tool, columns }) => `${tool}: ${Object.keys(columns).join(', ')}`);
  throw new InvalidInput(
    only
      ? `--table is "${wanted}", and ${found.length} schemas have such a table; expected schema.table`
      : `--table is "${wanted}", and there is no such table with the columns of a tool of this form; expected ${known.join('; or ')}`,
  );
};

const findTable = async (
  { database }: AdoptionParts,
  { form }: OtherFolder,
  ledger: readonly LedgerEntry[],
  wanted: string | null,
): Promise<FoundDoor | null> => {
  const adopted = wanted === null ? adoptedDoor(ledger) : null;
  const asked = wanted?.split('.').at(-1) ?? adopted?.table;
  const names = [...new Set([...tableNamesOf(form), ...(asked ? [asked] : [])])];
  const tables = await database.readToolTables(target, names);
  return wanted === null ? chooseDoor(form, tables, adopted) : namedTable(form, tables, wanted);
};

const fromTable = (
  found: FoundDoor,
  { migrations }: OtherFolder,
  files: readonly MigrationFile[],
): readonly Standing[] => {
  const state = stateOf(found, migrations);
  const faults = faultsOfTable(found, state);
  if (faults.length > 0) throw new MigrationRefused(`the database was not adopted: ${faults.join('; ')}`);
  const rows = new Map(state.applied.map(({ migration, row }) => [migration.fileName, row]));
  return files.flatMap((file) => {
    const row = rows.get(file.fileName);
    return row ? [{ ...file, version: versionOf(file), toolRow: { ...namedDoorOf(found), row } }] : [];
  });
};

const fromWord = (files: readonly MigrationFile[], baseline: string): readonly Standing[] => {
  const names = (file: MigrationFile) => [
    file.fileName,
    file.fileName.replace(/(?:\.up)?\.sql$/, ''),
    file.fileName.split('/')[0],
    versionKey(versionOf(file)),
  ];
  const wanted = versionKey(baseline);
  const at = files.findIndex((file) => names(file).includes(baseline) || names(file).includes(wanted));
  if (at === -1)
    throw new InvalidInput(
      `--baseline is "${baseline}", which is no migration of the folder; expected a version, a name or a file such as ${files.at(-1)?.fileName ?? '001_name.sql'}`,
    );
  return files.slice(0, at + 1).map((file) => ({ ...file, version: versionOf(file), toolRow: null }));
};

const requireWord = (
  { others }: AdoptedFolder,
  { baseline, table }: AdoptionClaim,
  found: FoundDoor | null,
): string | null => {
  if (found && baseline !== null && found.table.rows.length > 0)
    throw new InvalidInput(
      `${doorInWords(namedDoorOf(found))} says what is applied, so --baseline is not asked for; leave it out${table === null ? '' : ', or --table'}`,
    );
  if (found && baseline === null) return null;
  if (baseline !== null) return baseline;
  const looked = others ? `no tool of the form ${others.formName} has its table there` : 'the form has no table';
  throw new MigrationRefused(
    `the database says nothing of what is applied (${looked}${others ? `: ${tableNamesOf(others.form).join(', ') || 'none is known'}` : ''}); expected such a table, or a person's word. Say how far it is with --baseline VERSION --because TEXT`,
  );
};

/** What would be adopted; changes nothing. Errors: MigrationRefused, InvalidInput, TargetIsBusy. */
export const planAdoption = async (
  parts: AdoptionParts,
  folder: AdoptedFolder,
  claim: AdoptionClaim,
): Promise<AdoptionPlan> => {
  const state = await parts.database.readTargetState(target);
  requireFree(state);
  const { others, files } = folder;
  const door = others && (await findTable(parts, others, state.ledger, claim.table));
  const word = requireWord(folder, claim, door);
  const standing = word === null && door && others ? fromTable(door, others, files) : fromWord(files, word ?? '');
  const known = new Set(state.ledger.map(({ version }) => versionKey(version)));
  const names = new Set(standing.map(({ fileName }) => fileName));
  const last = files.findLastIndex(({ fileName }) => names.has(fileName));
  return {
    entries: standing.filter(({ version }) => !known.has(versionKey(version))),
    reason:
      word === null && door
        ? `${doorInWords(namedDoorOf(door))} says so`
        : `by the word of ${claim.by}, no tool's table says so${claim.because === null ? '' : `: ${claim.because}`}`,
    door,
    passedOver: files
      .slice(0, last + 1)
      .filter(({ fileName, version }) => !names.has(fileName) && !(version && known.has(versionKey(version))))
      .map(({ fileName }) => fileName),
    next: files[last + 1]?.fileName ?? null,
  };
};

const rowsInWords = (entries: readonly Standing[]): string => {
  const row = entries.at(-1)?.toolRow;
  return row ? `; the last one by ${toolRowInWords(row)}` : '';
};

/** Records the plan. Errors: MigrationRefused when somebody else was faster, LockNotAvailable while the tool is at work. */
export const recordAdoption = async (
  { database, store, documents }: AdoptionParts,
  { entries, reason, door }: AdoptionPlan,
  { runId, by }: AdoptionClaim,
): Promise<readonly LedgerEntry[]> => {
  const catalog = await database.readCatalog(target);
  const fingerprint = fingerprintOf(catalog);
  // First: the next run compares the target with it.
  await recordCatalog(store, fingerprint, catalog);
  const told = `${reason}${rowsInWords(entries)}`;
  const adopted = await database.adopt(target, {
    entries: entries.map(({ version, fileName, sha256, toolRow }) => ({
      version,
      migration: fileName,
      sha256,
      toolRow,
    })),
    runId,
    by,
    reason: told,
    catalogFingerprint: fingerprint,
    door: door && namedDoorOf(door),
  });
  const [first, last] = [adopted[0], adopted.at(-1)];
  if (!first || !last) return adopted;
  const { decisionLog } = documentPaths;
  const entry = {
    runId,
    by,
    since: last.appliedAt,
    first: first.migration,
    last: last.migration,
    count: adopted.length,
    reason: told,
  };
  await documents.write(decisionLog, addAdoption(await documents.read(decisionLog), entry));
  return adopted;
};
