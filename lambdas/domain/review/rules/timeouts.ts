/** Box 3.5: timeouts that the file sets for itself. A shorter one is good advice; a longer one lifts the workflow's bound. */
import type { Node } from 'libpg-query';
import { isUnseenCode } from '#domain/locks/predict-locks';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, nodesOf, stringsOf } from '#domain/sql/syntax';
import type { ReviewContext } from '../context';
import { impactsOf } from '../impact';
import type { Rule } from '../rule';

/**
 * Up to where a timeout is a short one: ms. Null where any limit is. For locks the workflow waits 2 s itself; 5 s is within what
 * teams set against the queue behind a statement that waits. For statements it is the workflow's own bound.
 */
const bounds: Readonly<Record<string, number | null>> = {
  lock_timeout: 5_000,
  statement_timeout: 600_000,
  transaction_timeout: null,
  idle_in_transaction_session_timeout: null,
};

// PostgreSQL's units of time (guc.c); a number alone is ms.
const msPerUnit: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Null for what is no duration. */
const millisecondsOf = (text: string): number | null => {
  const [, digits, unit = 'ms'] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)?\s*$/.exec(text) ?? [];
  const factor = msPerUnit[unit];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
};

const textOf = (node: Node | undefined): string | null => {
  const constant = nodeOf(node, 'A_Const');
  if (constant?.ival) return String(constant.ival.ival ?? 0);
  return constant?.sval?.sval ?? constant?.fval?.fval ?? null;
};

/** `text` is null for what gives the setting back to the server's default, which is no bound. */
type Setting = { readonly name: string; readonly text: string | null };

const settingOf = ({ node }: SqlStatement): readonly Setting[] => {
  const set = nodeOf(node, 'VariableSetStmt');
  if (set?.kind === 'VAR_RESET_ALL') return Object.keys(bounds).map((name) => ({ name, text: null }));
  if (set) return [{ name: set.name ?? '', text: textOf(set.args?.[0]) }];
  return nodesOf(nodeOf(node, 'SelectStmt')?.targetList, 'ResTarget').flatMap(({ val }) => {
    const call = nodeOf(val, 'FuncCall');
    const [name, value] = (call?.args ?? []).map(textOf);
    return stringsOf(call?.funcname).at(-1) === 'set_config' ? [{ name: name ?? '', text: value ?? null }] : [];
  });
};

const isShorter = ({ name, text }: Setting): boolean => {
  const milliseconds = text === null ? null : millisecondsOf(text);
  return milliseconds !== null && milliseconds > 0 && milliseconds <= (bounds[name] ?? Number.POSITIVE_INFINITY);
};

/** Where no later statement locks an existing table, there is nobody to wait: a dump that makes everything sets them to 0. */
const isOfConsequence = (context: ReviewContext, index: number): boolean =>
  context.migration.statements.some((other) => other.index > index && isUnseenCode(other.kind)) ||
  impactsOf(context).some(({ statement, locks }) => statement.index > index && locks.length > 0);

const inWords = ({ name, text }: Setting) =>
  text === null ? `gives ${name} back to the server's default` : `sets ${name} to ${text}`;

const boundInWords = (name: string) => {
  const bound = bounds[name];
  return bound ? `; up to ${bound / 1_000} s it is a bound that lets others pass` : '';
};

export const timeoutOverridden: Rule = {
  id: 'timeout-overridden',
  severity: 'warn',
  box: '3.5',
  title: 'The migration lifts a timeout',
  why: 'The workflow bounds how long a statement waits for locks and how long it runs; a longer timeout in the file, or 0, lifts the bound.',
  remedy: 'Leave lock_timeout and statement_timeout to the workflow, or set them shorter.',
  check: (context) =>
    context.migration.statements.flatMap((statement) => {
      const lifting = settingOf(statement).filter((setting) => setting.name in bounds && !isShorter(setting));
      if (lifting.length === 0 || !isOfConsequence(context, statement.index)) return [];
      return lifting.map((setting) => ({
        line: statement.line,
        message: `the file ${inWords(setting)}${boundInWords(setting.name)}`,
      }));
    }),
};
