/** Step 1. Box 1.1 is the step's own: whether there is a pull request only the run's input and the code host know. */

import { count } from '#domain/count';
import type { Finding } from '#domain/evidence/document';
import { versionNumber } from '#domain/migration/file-name';
import type { ReviewContext } from '#domain/review/context';
import { uncommentedStatements } from '#domain/review/rules/documentation';
import { foreignKeysOf } from '#domain/review/rules/foreign-key-index';
import { hardCodedValues } from '#domain/review/rules/hard-coded';
import { createdCount } from '#domain/review/rules/rollback-objects';
import { contextFor, type ReviewSubject } from '#domain/review/subject';
import { answerBoxes, type JudgedBox, notApplicable, proved, type Review } from './by-rules';

const headOf = ({ ledger }: ReviewContext) =>
  ledger.reduce<bigint | null>((head, { version }) => {
    const number = versionNumber(version);
    return head === null || number > head ? number : head;
  }, null);

/** Open run refuses these too; the ledger may have moved on since. */
const refusalsOf = (context: ReviewContext): readonly (Finding & { readonly box: string })[] => {
  const { fileName, version } = context.migration;
  const head = headOf(context);
  return head === null || versionNumber(version) > head
    ? []
    : [
        {
          box: '1.2',
          rule: 'version-out-of-order',
          line: null,
          message: `${fileName} has version ${version}, and version ${head} was applied; expected a higher one. Rename the file`,
        },
      ];
};

const indexBasis = (context: ReviewContext) => {
  const keys = foreignKeysOf(context);
  const queries = (context.checks?.queries ?? []).filter(({ expectsIndex }) => expectsIndex);
  if (keys.length === 0 && queries.length === 0)
    return notApplicable('the migration makes no foreign key, and no query is declared to use an index');
  const indexed = keys.length > 0 ? [`${count(keys.length, 'foreign key')} with an index that can be used`] : [];
  const asked =
    queries.length > 0
      ? [`${count(queries.length, 'query', 'queries')} declared to use one, which Step 11 explains`]
      : [];
  return proved([...indexed, ...asked].join('; '), {
    foreignKeys: keys.map(({ name, table, columns }) => ({ name, table, columns })),
    queries: queries.map(({ name }) => name),
  });
};

const boxes: readonly JudgedBox[] = [
  {
    box: '1.2',
    basis: (context) => {
      const { fileName, version, description } = context.migration;
      const head = headOf(context);
      return proved(
        `${fileName}: version ${version}, ${head === null ? 'the first on this database' : `above ${head}, the last one applied`}`,
        { version, description, head: head === null ? null : String(head) },
      );
    },
  },
  {
    box: '1.3',
    basis: ({ migration: { statements, rollback, sha256 }, checks }) =>
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
  },
  {
    box: '1.4',
    basis: (context) => {
      const { rollback } = context.migration;
      return proved(
        `the rollback of ${count(rollback.statements.length, 'statement')} has an answer to ${count(createdCount(context), 'created object')} and to every change of the schema; whether it restores them, and the rows, is Step 13's to prove`,
        { rollbackSha256: rollback.sha256, lines: rollback.statements.map(({ line }) => line) },
      );
    },
  },
  {
    box: '1.5',
    basis: (context) =>
      proved(
        `the purpose is stated: "${context.migration.purpose}"; each statement has a comment or its object has one`,
        {
          purpose: context.migration.purpose,
          statements: context.migration.statements.length,
          uncommented: uncommentedStatements(context).map(({ line }) => line),
        },
      ),
  },
  {
    box: '1.6',
    basis: (context) => {
      const waived = hardCodedValues(context)
        .filter(({ waivedBecause }) => waivedBecause !== null)
        .map(({ value, line, waivedBecause }) => ({ value, line, because: waivedBecause }));
      return proved(
        waived.length === 0
          ? 'no host, mail address, id, password, role or database name is written in a statement'
          : `${count(waived.length, 'value')} waived by name: ${waived.map(({ value, line, because }) => `${value} (line ${line}: ${because})`).join('; ')}`,
        { waived },
      );
    },
  },
  { box: '1.7', basis: indexBasis },
  {
    box: '1.8',
    basis: ({ changes }) => {
      const names = [...changes.constraints, ...changes.indexes].flatMap(({ name }) => name ?? []);
      return names.length === 0
        ? notApplicable('the migration makes no constraint and no index')
        : proved(
            `${count(changes.constraints.length, 'constraint')} and ${count(changes.indexes.length, 'index', 'indexes')} with explicit names`,
            { names },
          );
    },
  },
];

/** Boxes 1.2 to 1.8. */
export const reviewCode = (subject: ReviewSubject): Review => {
  const context = contextFor(subject);
  return answerBoxes(boxes, context, refusalsOf(context));
};
