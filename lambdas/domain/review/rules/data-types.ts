/** Box 2.4: one rule a type, each looks at new and retyped columns. */
import { baseTypeOf, nodeOf, typeOf } from '#domain/sql/syntax';
import type { ReviewContext } from '../context';
import type { Rule } from '../rule';
import { primaryKeyOf } from '../tables-after';

type TypedColumn = {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly baseType: string;
  readonly line: number;
};

const retypedColumns = ({ changes }: ReviewContext): readonly TypedColumn[] =>
  changes.commands.flatMap(({ table, command, line }) => {
    const type = command.subtype === 'AT_AlterColumnType' ? nodeOf(command.def, 'ColumnDef')?.typeName : undefined;
    return type ? [{ table, name: command.name ?? '', type: typeOf(type), baseType: baseTypeOf(type), line }] : [];
  });

export const typedColumns = (context: ReviewContext): readonly TypedColumn[] => [
  ...context.changes.columns,
  ...retypedColumns(context),
];

// Words that people use for a column with a handful of values.
const choosing =
  /(?:^|_)(?:status|state|type|kind|role|category|class|level|priority|mode|stage|phase|severity|gender)$/;
const amounts =
  /(?:^|_)(?:amount|price|cost|total|subtotal|balance|fee|tax|salary|revenue|payment|discount|credit|debit)$/;

const isTextual = ({ baseType }: TypedColumn) => baseType === 'text' || baseType === 'character varying';

/** A CHECK or a foreign key says what the column may hold. */
const isConstrained = ({ changes }: ReviewContext, { table, name }: TypedColumn) =>
  changes.constraints.some(
    (one) => one.table === table && one.columns.includes(name) && (one.kind === 'check' || one.kind === 'foreign key'),
  );

const isKey = (context: ReviewContext, { table, name }: TypedColumn) => primaryKeyOf(context, table).includes(name);

type TypeRule = Pick<Rule, 'id' | 'severity' | 'title' | 'why' | 'remedy'> & {
  applies(column: TypedColumn, context: ReviewContext): boolean;
  /** Ends the sentence "<table>.<column> is <type>; ". */
  readonly advice: string;
};

const typeRules: readonly TypeRule[] = [
  {
    id: 'text-unconstrained',
    severity: 'note',
    title: 'A column for a few values takes any text',
    why: 'A misspelt status is stored like a right one, and whoever looks for the right one does not find the row.',
    remedy: 'Add a named CHECK with the values or their form, point it to a table, or use an enum type.',
    applies: (column, context) => isTextual(column) && choosing.test(column.name) && !isConstrained(context, column),
    advice: 'its name speaks of a few values, and no CHECK, foreign key or enum says which',
  },
  {
    id: 'varchar-without-need',
    severity: 'note',
    title: 'A varchar has a length that nothing asks for',
    why: 'text is stored alike; a length chosen by feel becomes an error one day, and a limit with a name can be changed without touching the type.',
    remedy: 'Use text, and where there is a real limit a named CHECK (length(…) <= n).',
    applies: ({ baseType }) => baseType === 'character varying',
    advice: 'use text, with a named CHECK where there is a real limit',
  },
  {
    id: 'char-padded',
    severity: 'note',
    title: 'A char(n) pads with blanks',
    why: 'Values are filled up with blanks, which comparisons ignore in some places and see in others.',
    remedy: 'Use text with a named CHECK on the length.',
    applies: ({ baseType }) => baseType === 'character',
    advice: 'it is padded with blanks; use text with a named CHECK (length(…) = n)',
  },
  {
    id: 'timestamp-without-zone',
    severity: 'note',
    title: 'A point in time has no time zone',
    why: 'What is stored depends on the zone of the session that wrote it, which nobody knows any more when reading.',
    remedy: 'Use timestamptz.',
    applies: ({ baseType }) => baseType === 'timestamp without time zone',
    advice: 'use timestamptz, which stores a point in time',
  },
  {
    id: 'time-with-zone',
    severity: 'note',
    title: 'A time of day has a time zone',
    why: 'Without a date nobody knows whether it is summer time; the type is there for the SQL standard only.',
    remedy: 'Use timestamptz, or time with the zone in a column of its own.',
    applies: ({ baseType }) => baseType === 'time with time zone',
    advice: 'an offset without a date means little; use timestamptz or time',
  },
  {
    id: 'json-not-jsonb',
    severity: 'note',
    title: 'A document is stored as json',
    why: 'json keeps the text: no index, no equality, parsed again at each read.',
    remedy: 'Use jsonb.',
    applies: ({ baseType }) => baseType === 'json',
    advice: 'use jsonb, which can be indexed and compared',
  },
  {
    id: 'money-type',
    severity: 'warn',
    title: 'A column has the type money',
    why: 'Its currency and its decimal places are the setting lc_monetary of the server that reads.',
    remedy: 'Use numeric with the currency in a column of its own, or bigint in the smallest unit.',
    applies: ({ baseType }) => baseType === 'money',
    advice: 'its currency is a setting of the server; use numeric or bigint in the smallest unit',
  },
  {
    id: 'float-for-amount',
    severity: 'warn',
    title: 'An amount is a binary fraction',
    why: 'Binary fractions cannot hold 0.1; sums drift, and comparisons fail by a hair.',
    remedy: 'Use numeric, or bigint in the smallest unit.',
    applies: ({ baseType, name }) => (baseType === 'real' || baseType === 'double precision') && amounts.test(name),
    advice: 'binary fractions round amounts; use numeric or bigint in the smallest unit',
  },
  {
    id: 'serial-not-identity',
    severity: 'note',
    title: 'A serial column where an identity column would do',
    why: 'Its sequence has an owner and rights of its own, and any INSERT may write what it likes into the column.',
    remedy: 'Use bigint GENERATED ALWAYS AS IDENTITY.',
    applies: ({ baseType }) => /^(?:small|big)?serial$/.test(baseType),
    advice: 'use bigint GENERATED ALWAYS AS IDENTITY',
  },
  {
    id: 'integer-key',
    severity: 'warn',
    title: 'A key can run out',
    why: 'An integer key ends at 2,147,483,647; changing it then means rewriting the table and every table that points to it.',
    remedy: 'Use bigint or uuid.',
    applies: (column, context) =>
      /^(?:integer|smallint|serial|smallserial)$/.test(column.baseType) && isKey(context, column),
    advice: 'a primary key of this type can run out; use bigint or uuid',
  },
];

export const dataTypeRules: readonly Rule[] = typeRules.map(({ applies, advice, ...described }) => ({
  ...described,
  box: '2.4',
  check: (context) =>
    typedColumns(context)
      .filter((column) => applies(column, context))
      .map(({ table, name, type, line }) => ({ line, message: `${table}.${name} is ${type}; ${advice}` })),
}));
