/** The entry of `docs/decisions.md` for an applied migration, and where it goes in the document. */
import type { BoxAnswer } from '#domain/evidence/document';
import { code, markdown } from '#domain/text/markdown';
import type { SignOffNotice } from './sign-off-message';

export type DecisionEntry = {
  readonly runId: string;
  readonly version: string;
  readonly migration: string;
  /** ISO 8601. */
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly purpose: string;
  readonly durationMs: number;
  readonly database: string;
  /** What the test of the rollback said of box 13.2; null where that is not known. */
  readonly rollbackTest: Pick<BoxAnswer, 'answer' | 'reason'> | null;
  /** Fingerprint of the key that has signed the decisions; null where nobody has signed them. */
  readonly decisionKey?: string | null;
};

const marker = (runId: string) => `<!-- run ${runId} -->`;

const rollbackInWords = (test: DecisionEntry['rollbackTest']) => {
  if (test === null) return 'rollback not tested';
  return test.answer === 'proved' ? 'rollback tested before' : `rollback tested before: ${test.reason}`;
};

const render = (entry: DecisionEntry) => {
  const { runId, version, migration, appliedAt, appliedBy, purpose, durationMs, database, rollbackTest } = entry;
  const { decisionKey } = entry;
  return [
    marker(runId),
    markdown`### [${appliedAt.slice(0, 10)}] Migration ${version}: ${migration}`,
    '',
    markdown`- **Context**: ${purpose}`,
    markdown`- **Decision**: applied as ${code(migration)}, ${rollbackInWords(rollbackTest)}`,
    markdown`- **Applied**: staging (${database}) on ${appliedAt}, approved by ${appliedBy}`,
    `- **Execution time**: ${(durationMs / 1000).toFixed(3)} s`,
    ...(decisionKey ? [markdown`- **Decisions signed with**: the key with sha256 ${code(decisionKey)}`] : []),
    '',
  ].join('\n');
};

/** The document with the entry at its end; unchanged when the run's entry is there already. */
export const addDecision = (document: string | null, entry: DecisionEntry): string => {
  const text = document?.trim() ? document : '# Decisions\n';
  if (text.split(/\r?\n/).includes(marker(entry.runId))) return text;
  return `${text.replace(/\n*$/, '\n\n')}${render(entry)}`;
};

export type SettlementEntry = {
  readonly runId: string;
  readonly version: string;
  readonly migration: string;
  readonly as: 'standing' | 'rolled-back';
  readonly by: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
};

/** The document with what a person has settled at its end; unchanged when that is there already. */
export const addSettlement = (document: string | null, entry: SettlementEntry): string => {
  const { runId, version, migration, as, by, reason, since } = entry;
  const mark = `<!-- settled ${runId} ${since} -->`;
  const text = document?.trim() ? document : '# Decisions\n';
  if (text.split(/\r?\n/).includes(mark)) return text;
  const lines = [
    mark,
    markdown`### [${since.slice(0, 10)}] Migration ${version}: settled as ${as}`,
    '',
    markdown`- **Decision**: ${code(migration)} of run ${runId} counts as ${as}`,
    markdown`- **Settled**: by ${by} on ${since}`,
    markdown`- **Because**: ${reason}`,
    '',
  ];
  return `${text.replace(/\n*$/, '\n\n')}${lines.join('\n')}`;
};

type AdoptionEntry = {
  readonly runId: string;
  readonly by: string;
  readonly since: string;
  /** Files of the first and the last one. */
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly reason: string;
};

/** The document with the adoption at its end; unchanged when it is there already. */
export const addAdoption = (document: string | null, entry: AdoptionEntry): string => {
  const { runId, by, since, first, last, count, reason } = entry;
  const mark = `<!-- adopted ${runId} -->`;
  const text = document?.trim() ? document : '# Decisions\n';
  if (text.split(/\r?\n/).includes(mark)) return text;
  const lines = [
    mark,
    markdown`### [${since.slice(0, 10)}] Adopted: ${count} migrations up to ${last}`,
    '',
    markdown`- **Decision**: ${code(first)} to ${code(last)} count as applied; nothing of them was run`,
    markdown`- **Adopted**: by ${by} on ${since}`,
    markdown`- **Because**: ${reason}`,
    '',
  ];
  return `${text.replace(/\n*$/, '\n\n')}${lines.join('\n')}`;
};

const signOffMarker = (runId: string) => `<!-- sign-off of run ${runId} -->`;

/** The document with the sign-off's hash at its end; unchanged when it is there already. */
export const addSignOff = (document: string | null, notice: Omit<SignOffNotice, 'runUrl'>): string => {
  const { runId, version, migration, at, sha256, signature } = notice;
  const text = document?.trim() ? document : '# Decisions\n';
  if (text.split(/\r?\n/).includes(signOffMarker(runId))) return text;
  const lines = [
    signOffMarker(runId),
    markdown`### [${at.slice(0, 10)}] Sign-off of migration ${version}: ${migration}`,
    '',
    markdown`- **Run**: ${code(runId)}`,
    markdown`- **sha256 of the sign-off**: ${code(sha256)}`,
    ...(signature === null ? [] : [markdown`- **Signature**: ${code(signature)}`]),
    '',
  ];
  return `${text.replace(/\n*$/, '\n\n')}${lines.join('\n')}`;
};

/** The hash that the document says of the run's sign-off; null when it says none. */
export const signOffIn = (document: string, runId: string): string | null => {
  const lines = document.split(/\r?\n/);
  const start = lines.indexOf(signOffMarker(runId));
  const next = lines.findIndex((line, index) => index > start && line.startsWith('<!-- '));
  const entry = start === -1 ? [] : lines.slice(start, next === -1 ? undefined : next);
  return /^- \*\*sha256 of the sign-off\*\*: `([0-9a-f]{64})`$/m.exec(entry.join('\n'))?.[1] ?? null;
};
