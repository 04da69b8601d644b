/** Which migrations are still to be applied, in which order, and what in folder and ledger contradicts each other. */
import { MigrationRefused } from '#domain/errors';
import type { Finding } from '#domain/evidence/document';
import { compareVersions, parseFileName, versionKey } from '#domain/migration/file-name';
import { sameTextHashes } from '#domain/migration/same-text';
import { sha256Of } from '#domain/sha256';
import type { LedgerEntry } from './ledger';
import { describeUnresolved, unresolvedIn } from './unresolved';

export type MigrationFile = {
  readonly fileName: string;
  /** sha256 (hex) of the file's bytes. */
  readonly sha256: string;
  /** The hashes that the same text has with other line ends; see `sameTextHashes`. */
  readonly sameText?: readonly string[];
  /** Of another tool's form, whose order is that of the list; missing for our own, whose names hold version and order. */
  readonly version?: string;
};

/** The file as runs compare it with the ledger. */
export const migrationFileOf = (fileName: string, bytes: Uint8Array): MigrationFile => ({
  fileName,
  sha256: sha256Of(bytes),
  sameText: sameTextHashes(bytes),
});

export type MigrationOrder = {
  /** File names, the next one first. Not to be trusted while there are refusals. */
  readonly pending: readonly string[];
  /** Each must be resolved before anything runs. */
  readonly refusals: readonly Finding[];
  /** Sentences about what differs and stops nothing. */
  readonly notes: readonly string[];
};

type Versioned = MigrationFile & { readonly version: string; readonly hasOwnOrder: boolean };

const finding = (rule: string, message: string): Finding => ({ rule, message, line: null });

const versionsOf = (files: readonly MigrationFile[]) => {
  const versioned: Versioned[] = [];
  const refusals: Finding[] = [];
  for (const file of files) {
    try {
      const version = file.version ?? parseFileName(file.fileName).version;
      versioned.push({ ...file, version: versionKey(version), hasOwnOrder: file.version === undefined });
    } catch (error) {
      if (!(error instanceof MigrationRefused)) throw error;
      refusals.push(finding('file-name-form', error.message));
    }
  }
  // A stable sort: a list in the order of its tool stays as it is.
  const inOrder = versioned.sort((one, other) =>
    one.hasOwnOrder && other.hasOwnOrder ? compareVersions(one.version, other.version) : 0,
  );
  return { versioned: inOrder, refusals };
};

const sharedVersions = (files: readonly Versioned[]): readonly Finding[] => {
  const seen = new Map<string, Versioned>();
  return files.flatMap((file) => {
    const previous = seen.get(file.version);
    seen.set(file.version, file);
    return previous
      ? [
          finding(
            'version-used-twice',
            `${previous.fileName} and ${file.fileName} have the same version; expected each version once. Rename the one that was not applied`,
          ),
        ]
      : [];
  });
};

const shortHash = (sha256: string) => sha256.slice(0, 12);

const hasText = ({ sha256, sameText = [] }: MigrationFile, applied: string) =>
  sha256 === applied || sameText.includes(applied);

/** What was applied are the recorded bytes: a text in quotes that spans lines holds their line ends. */
const lineEndNote = (entry: LedgerEntry, files: readonly MigrationFile[]): readonly string[] => {
  const file = files.find(({ fileName }) => fileName === entry.migration);
  return file && file.sha256 !== entry.sha256 && hasText(file, entry.sha256)
    ? [
        `${entry.migration} has other line ends (CRLF or LF), another byte order mark or another end than when it was applied at ${entry.appliedAt}; its text is the same, so it counts as the file that was applied. What ran are the bytes whose sha256 starts with ${shortHash(entry.sha256)}`,
      ]
    : [];
};

/** What contradicts a ledger entry; null when the folder holds what was applied, or the entry's migration was rolled back and left alone. */
const contradiction = (entry: LedgerEntry, files: readonly Versioned[]): Finding | null => {
  const sameVersion = files.filter(({ version }) => version === versionKey(entry.version));
  const original = sameVersion.find(({ fileName }) => fileName === entry.migration);
  const changed = original ? !hasText(original, entry.sha256) : sameVersion.length > 0;
  if (entry.rolledBackAt !== null)
    return changed
      ? finding(
          'version-was-rolled-back',
          `${(original ?? sameVersion[0])?.fileName} has version ${entry.version}, which was applied and rolled back at ${entry.rolledBackAt}; a version is used once. Restore the original file and write a new migration with a higher version`,
        )
      : null;
  if (!original)
    return finding(
      'applied-file-missing',
      `${entry.migration} was applied at ${entry.appliedAt} and is not in the folder${changed ? ` (there is ${sameVersion[0]?.fileName} instead)` : ''}; expected every applied file to stay. Put it back as it was`,
    );
  return changed
    ? finding(
        'applied-file-edited',
        `${entry.migration} was edited after it was applied at ${entry.appliedAt}: its sha256 starts with ${shortHash(original.sha256)}, expected ${shortHash(entry.sha256)}, and it is more than line ends: neither with LF nor with CRLF throughout is it the file that was applied. Restore the file and put the change into a new migration`,
      )
    : null;
};

/**
 * Orders the migrations that are still to be applied. `files` in any order, checks files left out.
 *
 * @example
 * orderMigrations([{ fileName: '002_b.sql', sha256: 'b…' }, { fileName: '001_a.sql', sha256: 'a…' }], [])
 * // { pending: ['001_a.sql', '002_b.sql'], refusals: [], notes: [] }
 */
export const orderMigrations = (files: readonly MigrationFile[], ledger: readonly LedgerEntry[]): MigrationOrder => {
  const { versioned, refusals } = versionsOf(files);
  const recorded = new Map(ledger.map((entry) => [versionKey(entry.version), entry]));
  const highest = ledger.reduce<LedgerEntry | null>(
    (head, entry) => (head && compareVersions(head.version, entry.version) >= 0 ? head : entry),
    null,
  );
  const pending = versioned.filter(({ version }) => !recorded.has(version));
  const lastRecorded = versioned.findLastIndex(({ version }) => recorded.has(version));
  const isLate = (file: Versioned) =>
    file.hasOwnOrder
      ? highest !== null && compareVersions(file.version, highest.version) < 0
      : versioned.indexOf(file) < lastRecorded;
  const late = pending.filter(isLate);
  const head = versioned.some(({ hasOwnOrder }) => !hasOwnOrder)
    ? (recorded.get(versioned[lastRecorded]?.version ?? '') ?? null)
    : highest;
  return {
    pending: pending.map(({ fileName }) => fileName),
    notes: ledger.flatMap((entry) => lineEndNote(entry, versioned)),
    refusals: [
      ...refusals,
      ...sharedVersions(versioned),
      ...ledger.flatMap((entry) => contradiction(entry, versioned) ?? []),
      ...unresolvedIn(ledger).map((one) => finding('version-unresolved', describeUnresolved(one))),
      ...late.map(({ fileName }) =>
        finding(
          'version-out-of-order',
          `${fileName} was not applied, and ${head?.migration} with a higher version was; expected versions in rising order. Rename it to a version above ${head?.version}`,
        ),
      ),
    ],
  };
};

const refuseSettled = (entry: LedgerEntry): never => {
  throw new MigrationRefused(
    entry.rolledBackAt === null
      ? `${entry.migration} was applied at ${entry.appliedAt} by run ${entry.runId}; there is nothing to do. Name a pending migration`
      : `${entry.migration} was applied and rolled back at ${entry.rolledBackAt}; a version is used once. Write a new migration with a higher version`,
  );
};

/**
 * Refuses a migration that is not the next one. Errors: MigrationRefused when folder and ledger contradict each other, or when
 * this migration is not the next one.
 *
 * @example
 * refuseUnlessNext(files, ledger, '003_c.sql')
 * // MigrationRefused: 003_c.sql comes after 002_b.sql, which is pending; expected migrations in rising order. Run 002_b.sql first
 */
export const refuseUnlessNext = (
  files: readonly MigrationFile[],
  ledger: readonly LedgerEntry[],
  fileName: string,
): void => {
  const { pending, refusals } = orderMigrations(files, ledger);
  const [first, ...others] = refusals;
  if (first)
    throw new MigrationRefused(
      others.length > 0
        ? `${first.message} (${others.length} more: ${others.map(({ message }) => message).join('; ')})`
        : first.message,
    );
  const entry = ledger.find(({ migration }) => migration === fileName);
  if (entry) refuseSettled(entry);
  const [next] = pending;
  if (next === fileName) return;
  throw new MigrationRefused(
    pending.includes(fileName)
      ? `${fileName} comes after ${next}, which is pending; expected migrations in rising order. Run ${next} first`
      : `there is no migration ${fileName}; pending are: ${pending.join(', ') || 'none'}`,
  );
};
