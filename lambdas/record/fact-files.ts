/** Which file of the run a fact may refer to: another file's contents, whole and unchanged as they are, would answer another question. */
import type { DocumentName, FactsByDocument } from '#domain/boxes/facts';
import type { Artifact } from '#domain/boxes/room';
import type { EvidenceDocument } from '#domain/evidence/document';
import { type Referring, referringFacts } from './facts';
import { artifactKeys, pinnedFileKey, pinnedKeys } from './keys';

/** The names of the facts that refer to files. */
type ReferringName<Facts> = keyof {
  [Name in keyof Facts as NonNullable<Facts[Name]> extends Artifact<unknown> ? Name : never]: true;
};

/** Keys; of one that ends in `*` the beginning counts. */
type Files<Facts> = Readonly<Record<ReferringName<Facts>, readonly string[]>> &
  Readonly<Record<string, readonly string[]>>;

const filesOf = (
  runId: string,
  of: Referring['of'],
): { readonly [Name in DocumentName]?: Files<FactsByDocument[Name]> } => {
  const keys = artifactKeys(runId);
  const pinned = pinnedKeys(runId);
  const checks = { checks: [pinned.checks] };
  const reviewed = {
    ...checks,
    migration: [pinned.migration],
    catalog: [keys.reviewedCatalog('').replace(/\.json$/, '*')],
  };
  const production = { production: [keys.productionStatistics] };
  const before = {
    catalogBefore: [keys.catalog('before')],
    contentsBefore: [keys.contents('before')],
    outsideBefore: [keys.outside('before')],
    serverBefore: [keys.server('before')],
  };
  const afterDown = {
    catalogAfterDown: [keys.catalog('after-down')],
    contentsAfterDown: [keys.contents('after-down')],
    outsideAfterDown: [keys.outside('after-down')],
    serverAfterDown: [keys.server('after-down')],
  };
  const restart = `after-down-from-${Number(of['unit'])}` as const;
  return {
    '01-code-review': reviewed,
    '02-schema-validation': reviewed,
    '03-impact-analysis': { ...reviewed, ...production, statistics: [keys.statisticsAtReview] },
    '04-environment-check': {
      catalog: [keys.catalog('environment-check')],
      recorded: [keys.catalog('recorded')],
      tables: [keys.sizes],
      serverState: [keys.serverAtEnvironmentCheck],
    },
    '06-dry-run': {
      ...checks,
      ...production,
      ...before,
      migration: [pinned.migration],
      catalogAfter: [keys.catalog('after-up')],
      contentsAfter: [keys.contents('after-up')],
      outsideAfter: [keys.outside('after-up')],
    },
    '09-verify-schema': {
      ...before,
      catalogRehearsed: [keys.catalog('after-up')],
      catalogApplied: [keys.catalog('applied')],
    },
    '10-test-constraints': { ...checks, ...before, catalogAfter: [keys.catalog('after-up'), keys.catalog('applied')] },
    '11-performance-check': checks,
    '12-application-integration': checks,
    '13-test-rollback': {
      ...before,
      ...afterDown,
      migration: [pinned.migration],
      catalogAfterUp: [keys.catalog('after-up')],
      contentsAfterUp: [keys.contents('after-up')],
      outsideAfterUp: [keys.outside('after-up')],
      catalogAfterUpAgain: [keys.catalog('after-up-again')],
      'restartPoints.catalog': [keys.catalog(restart)],
      'restartPoints.contents': [keys.contents(restart)],
      'restartPoints.outside': [keys.outside(restart)],
    },
    'rehearse-rollback': { ...before, ...afterDown, catalogRecorded: [keys.catalog('recorded')] },
    // Of a rollback that was asked for it is what an earlier run has recorded.
    'verify-rollback': {
      catalogBefore: [keys.catalog('before'), keys.catalog('recorded')],
      catalogAfterRollback: [keys.catalog('after-rollback')],
    },
  };
};

const isOneOf = (keys: readonly string[], key: string) =>
  keys.some((one) => (one.endsWith('*') ? key.startsWith(one.slice(0, -1)) : one === key));

/** One sentence for each fact that refers to a file which is not its own; empty is good. */
export const strangeReferences = (document: EvidenceDocument): readonly string[] =>
  referringFacts(document).flatMap(({ name, artifact, of }) => {
    const files = filesOf(document.runId, of)[document.name as DocumentName] as Files<unknown> | undefined;
    const expected = files?.[name] ?? [];
    const origins = (artifact.origin?.files ?? []).filter(
      ({ key, role }) => key !== pinnedFileKey(document.runId, role),
    );
    const strange = [
      ...(isOneOf(expected, artifact.artifact.key) ? [] : [artifact.artifact.key]),
      ...origins.map(({ key }) => key),
    ];
    return strange.map((key) => `the fact ${name} refers to ${key}, expected ${expected.join(' or ') || 'no file'}`);
  });
