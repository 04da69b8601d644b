/** One migration of a folder under all rules, for whoever reads it before it is run. */

import type { Catalog } from '#domain/catalog/catalog';
import type { FolderMigration } from '#domain/folders/folder';
import type { ProductionStatistics } from '#domain/tables/production-statistics';
import type { TableStatistics } from '#domain/tables/statistics';
import { type BesideRules, rollbackMissing, syntax } from './beside-rules';
import { contextOf, type ReviewContext } from './context';
import type { Conventions } from './conventions';
import { migrationOfScript } from './migration-of-script';
import type { SearchPath } from './names/search-path';
import { type Rule, type RuleFinding, type Severity, severities } from './rule';
import { rules } from './rules';
import { safeWayOf } from './safe-way';
import type { SecondOpinion } from './second-opinion';
import { contextFor } from './subject';
import { holdsLine, waiversIn } from './waivers';

export type ReviewFinding = {
  /** The rule's id; `syntax` and `rollback-missing` are no rules of the checklist. */
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
  /** What to do instead, in words. */
  readonly remedy: string;
  /** The same as SQL for this statement; null where it has to be another change. */
  readonly safeWay: string | null;
};

/** One that the file, or the team, lets pass with a reason. */
export type PassedFinding = ReviewFinding & { readonly because: string };

export type MigrationReview = {
  readonly migration: string;
  readonly file: string;
  readonly statements: number;
  /** The worst first, then by line. */
  readonly findings: readonly ReviewFinding[];
  readonly passed: readonly PassedFinding[];
  /** Of another linter, where it was asked for. */
  readonly secondOpinion?: readonly SecondOpinion[];
};

/** What is known of the database that the migration is for. */
export type ReviewedDatabase = {
  readonly catalog: Catalog;
  readonly searchPath: SearchPath;
  readonly statistics: readonly TableStatistics[];
};

export type ReviewGround = {
  /** Null where no database is given: then everything that the file does not make itself counts as there, with rows. */
  readonly database: ReviewedDatabase | null;
  readonly production: ProductionStatistics | null;
  readonly conventions: Conventions;
};

const withoutRules: readonly string[] = [];

/** Rules of the file form that only the checklist's own files have. */
const ofOwnForm: readonly string[] = ['purpose-missing', 'statement-uncommented'];

/** What they find is missing in the rollback; where there is none, that is said instead. */
const ofRollback = ({ id }: Rule) => id.startsWith('rollback-') || id === 'insert-not-undone';

/** The reason in the comment of the statement that the line belongs to. */
const waiverOf = ({ migration }: ReviewContext, rule: string, { line, isInRollback }: RuleFinding): string | null => {
  const statements = isInRollback ? migration.rollback.statements : migration.statements;
  const statement = line === null ? statements[0] : statements.find((one) => holdsLine(one, line));
  return (statement && waiversIn(statement).get(rule)) ?? null;
};

const rank = ({ severity }: ReviewFinding) => severities.indexOf(severity);

const worstFirst = (one: ReviewFinding, other: ReviewFinding) =>
  rank(one) - rank(other) || (one.line ?? 0) - (other.line ?? 0);

const foundBeside = ({ id, severity, remedy }: BesideRules) => ({ rule: id, severity, remedy, safeWay: null });

/** What is known of the database, with the migration on it. */
export const reviewContextOf = (
  migration: ReviewContext['migration'],
  { database, production }: ReviewGround,
): ReviewContext =>
  database
    ? contextFor({ migration, checks: null, ledger: [], ...database, production })
    : contextOf(migration, { production });

/** Pure but for the parser. */
export const reviewMigration = async (
  folderMigration: FolderMigration,
  ground: ReviewGround,
  { isOwnForm }: { readonly isOwnForm: boolean },
): Promise<MigrationReview> => {
  const { migration, problems } = await migrationOfScript(folderMigration);
  const { up, down, name } = folderMigration;
  const left = isOwnForm ? withoutRules : ofOwnForm;
  const findings: ReviewFinding[] = problems.map(({ file, line, message }) => ({
    ...foundBeside(syntax),
    file,
    line,
    message: `PostgreSQL's parser stops here: ${message}`,
  }));
  const passed: PassedFinding[] = [];
  const context = reviewContextOf(migration, ground);
  for (const rule of rules) {
    if (left.includes(rule.id) || (down === null && ofRollback(rule))) continue;
    const convention = ground.conventions.get(rule.id);
    for (const found of rule.check(context)) {
      const chosen = convention?.severity ?? rule.severity;
      const finding: ReviewFinding = {
        rule: rule.id,
        severity: chosen === 'off' ? rule.severity : chosen,
        file: found.isInRollback && down ? down.fileName : up.fileName,
        line: found.line,
        message: found.message,
        remedy: rule.remedy,
        safeWay: found.isInRollback ? null : safeWayOf(rule.id, context, found.line),
      };
      const because = chosen === 'off' ? (convention?.because ?? '') : waiverOf(context, rule.id, found);
      if (because === null) findings.push(finding);
      else passed.push({ ...finding, because });
    }
  }
  if (down === null && migration.statements.length > 0)
    findings.push({
      ...foundBeside(rollbackMissing),
      file: up.fileName,
      line: null,
      message: 'the migration has no rollback',
    });
  return {
    migration: name,
    file: up.fileName,
    statements: migration.statements.length,
    findings: findings.sort(worstFirst),
    passed,
  };
};

export const countOf = (severity: Severity, reviews: readonly MigrationReview[]): number =>
  reviews.reduce((sum, { findings }) => sum + findings.filter((one) => one.severity === severity).length, 0);
