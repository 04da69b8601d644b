/** The entry of `docs/decisions.md` for what was rolled back. */
import { code, markdown } from '#domain/text/markdown';

export type RollbackEntry = {
  /** The run that took it back. */
  readonly runId: string;
  readonly version: string;
  readonly migration: string;
  /** Taken back before it, because they were applied after it. */
  readonly with: readonly string[];
  readonly database: string;
  /** ISO 8601. */
  readonly at: string;
  /** Who approved it. */
  readonly by: string;
  readonly because: string;
  /** How the schema compares with the one from before; null where that is not known. */
  readonly compared: string | null;
  /** What it took of the data; null where nobody counted. */
  readonly lost: string | null;
  /** Where the incident report lies. */
  readonly report: string;
};

/** The document with the entry at its end; unchanged when the run's entry is there already. */
export const addRollback = (document: string | null, entry: RollbackEntry): string => {
  const { runId, version, migration, database, at, by, because, compared, lost, report } = entry;
  const mark = `<!-- rolled back by ${runId} -->`;
  const text = document?.trim() ? document : '# Decisions\n';
  if (text.split(/\r?\n/).includes(mark)) return text;
  const lines = [
    mark,
    markdown`### [${at.slice(0, 10)}] Migration ${version}: rolled back`,
    '',
    markdown`- **Context**: ${because}`,
    markdown`- **Decision**: ${code(migration)} was rolled back on staging (${database}) on ${at}, approved by ${by}`,
    ...(entry.with.length > 0 ? [markdown`- **Rolled back before it**: ${entry.with.join(', ')}`] : []),
    markdown`- **Schema after it**: ${compared ?? 'not compared with the one from before the migration'}`,
    markdown`- **Data**: ${lost ?? 'nobody counted what it would take'}`,
    markdown`- **Incident report**: ${code(report)}`,
    '',
  ];
  return `${text.replace(/\n*$/, '\n\n')}${lines.join('\n')}`;
};
