/** The pull request that proposes the changed documents of an applied migration. */
import { code, markdown } from '#domain/text/markdown';
import { onOneLine } from '#domain/text/visible';
import type { DecisionEntry } from './decision-entry';

/** 72: longer subjects are cut where commits are listed. */
const longestTitle = 72;

/** `documents` are its own; the title is the commit's subject as well. */
export const documentProposal = <Document>(
  { runId, version, migration, purpose, appliedAt, appliedBy, database }: DecisionEntry,
  documents: readonly Document[],
): {
  readonly runId: string;
  readonly title: string;
  readonly body: string;
  readonly documents: readonly Document[];
} => ({
  runId,
  title: onOneLine(`Document migration ${version}`).slice(0, longestTitle),
  body: [
    markdown`${code(migration)} was applied to staging (${database}) on ${appliedAt}, approved by ${appliedBy}.`,
    '',
    markdown`Purpose: ${purpose}`,
    '',
    markdown`Proposed by run ${code(runId)} of the migration checklist: its entry of the decision log, and the schema as it is now.`,
  ].join('\n'),
  documents,
});
