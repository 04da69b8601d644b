/** Which facts of a document follow from others of it, so that nobody has to believe them. */
import { derivedOfEnvironment } from './04-environment-check';
import { derivedOfDryRun } from './06-dry-run';
import { derivedOfVerifyRollback } from './08-apply-migration';
import { derivedOfVerifySchema } from './09-verify-schema';
import { derivedOfTestRollback } from './13-test-rollback';
import { derivedOfReview } from './drawn-schema';
import type { DocumentName, FactsByDocument } from './facts';
import { derivedOfRehearseRollback } from './rollback-run';
import type { Derivation, Derivations } from './room';

type Facts = Readonly<Record<string, unknown>>;

const derived: { readonly [Name in DocumentName]?: Derivations<FactsByDocument[Name]> } = {
  '02-schema-validation': derivedOfReview,
  '04-environment-check': derivedOfEnvironment,
  '06-dry-run': derivedOfDryRun,
  '09-verify-schema': derivedOfVerifySchema,
  '13-test-rollback': derivedOfTestRollback,
  'rehearse-rollback': derivedOfRehearseRollback,
  'verify-rollback': derivedOfVerifyRollback,
};

const derivationsOf = (name: DocumentName) =>
  Object.entries((derived[name] ?? {}) as Readonly<Record<string, Derivation<Facts>>>);

/** The facts that follow from those that are there, as JSON has them. */
export const derivedFacts = (name: DocumentName, facts: Facts): Facts =>
  Object.fromEntries(
    derivationsOf(name)
      .filter(([, { from }]) => from.every((source) => source in facts))
      .map(([fact, { derive }]) => [fact, JSON.parse(JSON.stringify(derive(facts)))]),
  );

/** What a fact follows from; empty for one that follows from nothing. */
export const sourcesOf = (name: DocumentName, fact: string): readonly string[] =>
  derivationsOf(name).find(([one]) => one === fact)?.[1].from ?? [];

/** Each fact that is there without what it follows from, and what of that is missing. */
export const withoutSources = (
  name: DocumentName,
  facts: Facts,
): readonly { readonly fact: string; readonly missing: readonly string[] }[] =>
  derivationsOf(name)
    .filter(([fact]) => fact in facts)
    .map(([fact, { from }]) => ({ fact, missing: from.filter((source) => !(source in facts)) }))
    .filter(({ missing }) => missing.length > 0);
