/** What of a tool's table contradicts the ledger: whoever runs would apply twice, or build on what is gone. */
import type { LedgerEntry } from '#domain/ledger/ledger';
import { doorInWords, type NamedDoor } from '#domain/ledger/tool-row';
import { versionKey } from '#domain/migration/file-name';
import { type FoundDoor, namedDoorOf } from './choose';
import type { ToolState } from './door';

const shown = 5;

const listed = (names: readonly string[]) =>
  `${names.slice(0, shown).join(', ')}${names.length > shown ? ` and ${names.length - shown} more` : ''}`;

/** What is wrong with the table, whoever asks: sentences; empty is good. */
export const faultsOfTable = (found: FoundDoor, { unknown, broken }: ToolState): readonly string[] => {
  const where = doorInWords(namedDoorOf(found));
  return [
    ...broken.map((sentence) => `${where}: ${sentence}`),
    ...(unknown.length > 0
      ? [
          `${where} has rows of no migration in the folder: ${listed(unknown)}; expected a file for each. Name the right folder, or put the files back`,
        ]
      : []),
  ];
};

/** Sentences; empty is good. `ledger` is that of the database. */
export const contradictions = (
  found: FoundDoor,
  state: ToolState,
  ledger: readonly LedgerEntry[],
): readonly string[] => {
  const { applied } = state;
  const where = doorInWords(namedDoorOf(found));
  const standing = new Map(
    ledger.filter(({ rolledBackAt }) => rolledBackAt === null).map((entry) => [versionKey(entry.version), entry]),
  );
  const onlyThere = applied.filter(({ migration }) => !standing.has(versionKey(migration.version)));
  const there = new Set(applied.map(({ migration }) => versionKey(migration.version)));
  const gone = [...standing.values()].filter(({ version, toolRow }) => toolRow && !there.has(versionKey(version)));
  return [
    ...faultsOfTable(found, state),
    ...(onlyThere.length > 0
      ? [
          `${where} says that ${listed(onlyThere.map(({ migration }) => migration.fileName))} ${onlyThere.length === 1 ? 'is' : 'are'} applied, and the ledger does not; nothing is applied twice. Adopt the database first: npm run adopt`,
        ]
      : []),
    ...(gone.length > 0
      ? [
          `the ledger has ${listed(gone.map(({ migration }) => migration))} as applied, and ${where} does not any more: its own tool has taken it back. Say what holds: npm run settle`,
        ]
      : []),
  ];
};

/** The tool's own tables, `schema.table`: that of the run, and the one that the ledger names. They are no part of the schema. */
export const ownTablesOf = (door: NamedDoor | undefined, ledger: readonly LedgerEntry[]): readonly string[] => [
  ...new Set([door, adoptedDoor(ledger)].flatMap((one) => (one ? [`${one.schema}.${one.table}`] : []))),
];

/** The table that the ledger's newest row with one names; null where none does. */
export const adoptedDoor = (ledger: readonly LedgerEntry[]): NamedDoor | null => {
  const row = ledger.findLast(({ toolRow }) => toolRow)?.toolRow;
  return row ? { tool: row.tool, schema: row.schema, table: row.table } : null;
};
