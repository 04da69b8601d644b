/** The declared tests of a run, what came of each, and which kind of rule each of them speaks of. */
import type { Catalog } from '#domain/catalog/catalog';
import type { MadeRules } from '#domain/catalog/made-rules';
import type { CatalogTrigger } from '#domain/catalog/tables';
import type { CheckResult, ChecksFile, ComparedAfterTests, DeclaredCheck } from '#domain/checks/checks';

/** The boxes that declared tests answer for rules; 10.4 looks at what the tests left behind. */
export type RuleBox = '10.1' | '10.2' | '10.3' | '9.5';

/** What `runChecks` gave. */
export type ChecksOutcome = {
  readonly results: readonly CheckResult[];
  readonly calledFunctions: readonly string[] | null;
  readonly leftBehind: readonly string[];
  /** Documents of version 0.2.0 and before do not have it, nor what each error named. */
  readonly compared?: ComparedAfterTests;
};

export type DeclaredTests = Pick<ChecksFile, 'fileName' | 'tests'>;

export const nothingDeclared: DeclaredTests = { fileName: 'no checks file', tests: [] };

/** What was declared, and what came of it. */
export type Seen = {
  readonly made: MadeRules;
  readonly declared: DeclaredTests;
  readonly outcome: ChecksOutcome;
  readonly catalogAfter: Catalog;
};

export type TestKind = {
  readonly what: string;
  /** The tests of this kind are recognised by the SQLSTATEs they expect. */
  covers(sqlState: string): boolean;
};

const uniqueness = ['23505', '23P01'];
const requirements = ['23502', '23503', '23514'];
/** Classes with which PostgreSQL itself refuses a value or a statement: no rule of the migration is tested by them. */
const ownClasses = ['22', '42'];

export const kinds = {
  unique: { what: 'uniqueness', covers: (sqlState) => uniqueness.includes(sqlState) },
  required: { what: 'not null, foreign key and check', covers: (sqlState) => requirements.includes(sqlState) },
  trigger: {
    what: 'trigger rules',
    covers: (sqlState) =>
      ![...uniqueness, ...requirements].includes(sqlState) && !ownClasses.includes(sqlState.slice(0, 2)),
  },
} as const satisfies Readonly<Record<string, TestKind>>;

const belongsTo = (kind: TestKind, { statements }: DeclaredCheck) =>
  statements.some(({ expectedSqlState: state }) => state !== null && kind.covers(state));

const resultsOf = (isMeant: (check: DeclaredCheck) => boolean, { declared, outcome }: Seen): readonly CheckResult[] => {
  const lines = declared.tests.filter(isMeant).map(({ line }) => line);
  return outcome.results.filter(({ line }) => lines.includes(line));
};

export const testsOf = (kind: TestKind, seen: Seen): readonly CheckResult[] =>
  resultsOf((check) => belongsTo(kind, check), seen);

/** Those that expect no error of any kind: they look at the rows afterwards. */
export const testsOfNoKind = (seen: Seen): readonly CheckResult[] =>
  resultsOf((check) => !Object.values(kinds).some((kind) => belongsTo(kind, check)), seen);

/** Declared tests of the kind without a result. */
export const testsNotRun = (kind: TestKind | null, { declared, outcome }: Seen): readonly DeclaredCheck[] =>
  declared.tests
    .filter((check) => kind === null || belongsTo(kind, check))
    .filter(({ line }) => !outcome.results.some((result) => result.line === line));

export const failureInWords =
  ({ fileName }: DeclaredTests) =>
  ({ name, line, failure }: CheckResult): string =>
    `${fileName}:${line}, ${name}: ${failure ?? 'it did not pass'}`;

export const triggerLabel = ({ table, name }: CatalogTrigger): string => `${table}: ${name}`;
