/** Step 1: what the rules of the code review find, and whether the version is the next one. */
import { count } from '#domain/count';
import type { Finding } from '#domain/evidence/document';
import { placeOfWayBack } from '#domain/folders/way-back-place';
import { compareVersions, versionKey } from '#domain/migration/file-name';
import { type AskedPullRequest, isAnswered, type PullRequestFacts } from '#domain/migration/pull-request-facts';
import type { ReviewContext } from '#domain/review/context';
import { uncommentedStatements } from '#domain/review/rules/documentation';
import { foreignKeysOf } from '#domain/review/rules/foreign-key-index';
import { hardCodedValues } from '#domain/review/rules/hard-coded';
import { createdCount } from '#domain/review/rules/rollback-objects';
import {
  type Basis,
  byRules,
  contextOfReview,
  findingsOfReview,
  judgeByRules,
  type ReviewFacts,
  reviewFacts,
} from './by-rules';
import {
  failed,
  type Judge,
  type Judgement,
  judgeOf,
  notApplicable,
  open,
  proved,
  type ReadFacts,
  type Room,
} from './room';

export type CodeReviewFacts = ReviewFacts & {
  /** The address that the run's input names; null where it names none. */
  readonly pullRequest: string | null;
  /** What its code host says, and the hash of the migration that is looked for in it; left out where no pull request is named. */
  readonly codeHost?: { readonly sha256: string; readonly asked: AskedPullRequest };
};

const reviewsInWords = ({ reviews }: PullRequestFacts): string => {
  const approved = reviews.filter(({ state }) => state === 'APPROVED');
  if (approved.length === 0) return 'nobody has approved it there';
  return `approved there by ${approved.map(({ by, isOfHead }) => (isOfHead ? by : `${by} (an earlier commit)`)).join(', ')}`;
};

const judgePullRequest = (pullRequest: string | null, codeHost: CodeReviewFacts['codeHost']): Judgement => {
  if (pullRequest === null || codeHost === undefined || !isAnswered(codeHost.asked)) {
    const asked = codeHost && !isAnswered(codeHost.asked) ? codeHost.asked.notAsked : null;
    const why = asked === null ? 'nothing asks the code host yet' : `the code host was not asked (${asked})`;
    return open(
      pullRequest
        ? `the run names ${pullRequest}; ${why}, so the approver attests that the change is in it`
        : 'the run names no pull request, so nobody can say that the change is in one that was reviewed',
      { pullRequest },
    );
  }
  const { sha256, asked } = codeHost;
  const { state, author, headSha, files } = asked;
  const of = `${pullRequest} (${state}, by ${author}, at ${headSha.slice(0, 12)})`;
  const facts = { pullRequest, state, author, headSha, sha256, files, reviews: asked.reviews };
  const same = files.find((file) => file.sha256 === sha256);
  if (files.length === 0) return failed(`${of} changes no file of the migration's name`, facts);
  if (!same)
    return failed(
      `${of} contains ${files.map((file) => `${file.path} with sha256 ${file.sha256}`).join(', ')}; expected ${sha256}, the file of this run`,
      facts,
    );
  return state === 'closed'
    ? failed(`${of} contains the file, and was closed without being merged`, facts)
    : proved(`${of} contains ${same.path} with the sha256 of this run; ${reviewsInWords(asked)}`, facts);
};

/** The highest version; in another tool's form the last that was applied: there the folder has the order, which Open run compared. */
const headOf = ({ ledger, migration }: ReviewContext): string | null => {
  if (migration.form) return ledger.at(-1)?.version ?? null;
  return ledger.reduce<string | null>(
    (head, { version }) => (head === null || compareVersions(version, head) > 0 ? versionKey(version) : head),
    null,
  );
};

const isTaken = ({ ledger, migration }: ReviewContext, head: string): boolean =>
  migration.form
    ? ledger.some(({ version }) => versionKey(version) === versionKey(migration.version))
    : compareVersions(migration.version, head) <= 0;

/** Open run refuses it too; the ledger may have moved on since. */
const refusalsOf = (context: ReviewContext): readonly Finding[] => {
  const { fileName, version } = context.migration;
  const head = headOf(context);
  return head === null || !isTaken(context, head)
    ? []
    : [
        {
          rule: 'version-out-of-order',
          line: null,
          message: `${fileName} has version ${version}, but version ${head} was applied already; expected a higher one. Rename the file`,
        },
      ];
};

const indexBasis: Basis = (context) => {
  const keys = foreignKeysOf(context);
  const queries = (context.checks?.queries ?? []).filter(({ expectsIndex }) => expectsIndex);
  if (keys.length === 0 && queries.length === 0)
    return notApplicable('the migration makes no foreign key, and no query is declared to use an index');
  const indexed = keys.length > 0 ? [`${count(keys.length, 'foreign key')} with a usable index`] : [];
  const asked =
    queries.length > 0
      ? [`Step 11 explains ${count(queries.length, 'query', 'queries')} declared to use an index`]
      : [];
  return proved([...indexed, ...asked].join('; '), {
    foreignKeys: keys.map(({ name, table, columns }) => ({ name, table, columns })),
    queries: queries.map(({ name }) => name),
  });
};

const version: Basis = (context) => {
  const { fileName, version, description } = context.migration;
  const head = headOf(context);
  return proved(
    `${fileName}: version ${version}, ${head === null ? 'the first on this database' : context.migration.form ? `next after ${head}, the last one applied, in the order of ${context.migration.form.name}` : `above ${head}, the last one applied`}`,
    { version, description, head },
  );
};

/** The rules would find each created object missing in a rollback that is not there at all. */
const withoutWayBack = ({ migration }: ReviewContext): Judgement | null =>
  migration.form && migration.rollback.statements.length === 0
    ? failed(`${migration.fileName} has no way back: ${placeOfWayBack(migration)}`, { form: migration.form.name })
    : null;

const insteadOfRules = (
  box: '1.4',
  other: (context: ReviewContext) => Judgement | null,
  basis: Basis,
): Judge<ReviewFacts> =>
  judgeOf<ReviewFacts>()(reviewFacts, (facts) => {
    const context = contextOfReview(facts);
    return other(context) ?? judgeByRules(box, basis, context);
  });

export const codeReview: Room<1, CodeReviewFacts> = {
  '1.1': judgeOf<CodeReviewFacts>()(
    ['pullRequest'],
    ({ pullRequest, codeHost }) => judgePullRequest(pullRequest, codeHost),
    ['codeHost'],
  ),
  '1.2': judgeOf<CodeReviewFacts>()(reviewFacts, (facts) => {
    const context = contextOfReview(facts);
    return judgeByRules('1.2', version, context, refusalsOf(context));
  }),
  '1.3': byRules('1.3', ({ migration: { statements, rollback, sha256 }, checks }) =>
    proved(
      `PostgreSQL's parser accepts ${count(statements.length, 'statement')} and ${count(rollback.statements.length, 'statement')} of the rollback`,
      {
        sha256,
        statements: statements.length,
        rollbackStatements: rollback.statements.length,
        tests: checks?.tests.length ?? 0,
        queries: checks?.queries.length ?? 0,
      },
    ),
  ),
  '1.4': insteadOfRules('1.4', withoutWayBack, (context) => {
    const { rollback } = context.migration;
    return proved(
      `the rollback has ${count(rollback.statements.length, 'statement')} for ${count(createdCount(context), 'created object')} and for every change of the schema; Step 13 tests whether they restore schema and rows`,
      { rollbackSha256: rollback.sha256, lines: rollback.statements.map(({ line }) => line) },
    );
  }),
  '1.5': byRules('1.5', (context) =>
    proved(
      `the file states its purpose: "${context.migration.purpose}"; each statement, or the object that it creates, has a comment`,
      {
        purpose: context.migration.purpose,
        statements: context.migration.statements.length,
        uncommented: uncommentedStatements(context).map(({ line }) => line),
      },
    ),
  ),
  '1.6': byRules('1.6', (context) => {
    const waived = hardCodedValues(context)
      .filter(({ waivedBecause }) => waivedBecause !== null)
      .map(({ value, line, waivedBecause }) => ({ value, line, because: waivedBecause }));
    return proved(
      waived.length === 0
        ? 'no statement contains a host, mail address, id, password, role or database name'
        : `the author waived ${count(waived.length, 'value')} by name: ${waived.map(({ value, line, because }) => `${value} (line ${line}: ${because})`).join('; ')}`,
      { waived },
    );
  }),
  '1.7': byRules('1.7', indexBasis),
  '1.8': byRules('1.8', ({ changes }) => {
    const names = [...changes.constraints, ...changes.indexes].flatMap(({ name }) => name ?? []);
    return names.length === 0
      ? notApplicable('the migration makes no constraint and no index')
      : proved(
          `${count(changes.constraints.length, 'constraint')} and ${count(changes.indexes.length, 'index', 'indexes')} with explicit names`,
          { names },
        );
  }),
};

/** What the rules of this step found. */
export const findingsOfCode = (facts: ReadFacts<ReviewFacts>) =>
  findingsOfReview(['1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8'], facts);

/** What must stop the run; empty is good. */
export const refusalsOfCode = (facts: ReadFacts<ReviewFacts>) => refusalsOf(contextOfReview(facts));
