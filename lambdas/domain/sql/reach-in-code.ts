/** What reaches beyond a database in code that is text to PostgreSQL's parser: bodies of functions, DO blocks, EXECUTE. */
import { isComment, type Lexeme, lexemesOf } from './lexemes';
import { codeRows, functionReach, isUntrustedLanguage, type Reached, sharedCatalogs } from './reach-table';

export type Reaching = { readonly what: string; readonly reached: Reached };

/** What the reader of code knows beside the table. */
export type KnownReach = {
  /** Functions and foreign tables, by name with or without their schema, that reach beyond by what is known of them. */
  readonly functions: ReadonlyMap<string, Reaching>;
  readonly foreignTables: ReadonlySet<string>;
  /** Tables whose triggers reach beyond when a row is written. */
  readonly triggered: ReadonlyMap<string, Reaching>;
  /** The functions that are there, by name: one that is made anew under such a name may have callers. Null where nobody knows. */
  readonly existing: ReadonlySet<string> | null;
};

export const nothingKnown: KnownReach = {
  functions: new Map(),
  foreignTables: new Set(),
  triggered: new Map(),
  existing: null,
};

const textOf = (code: string, { start, end }: Lexeme) => code.slice(start, end);

/** The text between the quotes of a string, whatever kind of quotes. */
const insideOf = (literal: string): string => {
  const dollar = /^(\$\w*\$)([\s\S]*)\1$/.exec(literal);
  if (dollar) return dollar[2] ?? '';
  const plain = /^[a-z]*&?'([\s\S]*)'$/i.exec(literal)?.[1] ?? '';
  return plain.replaceAll("''", "'").replaceAll(/\\[ntr]/g, ' ');
};

const nameOf = (code: string, lexeme: Lexeme): string => {
  const text = textOf(code, lexeme);
  return lexeme.kind === 'quoted identifier' ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
};

const isName = ({ kind }: Lexeme) => kind === 'word' || kind === 'quoted identifier';

/** Words in lower case, quoted names as they are, strings as two quotes: parted by one space. */
const wordsOf = (code: string, lexemes: readonly Lexeme[]) =>
  lexemes
    .map((lexeme) =>
      lexeme.kind === 'string'
        ? "''"
        : lexeme.kind === 'quoted identifier'
          ? `"${nameOf(code, lexeme)}"`
          : textOf(code, lexeme).toLowerCase(),
    )
    .join(' ');

const writeVerbs = ['into', 'update', 'from', 'truncate', 'table', 'only'];

/** Calls of functions in the table, and writes into shared catalogs and foreign tables. */
const namedIn = (code: string, lexemes: readonly Lexeme[], known: KnownReach): readonly Reaching[] =>
  lexemes.flatMap((lexeme, index): readonly Reaching[] => {
    if (!isName(lexeme)) return [];
    const at = (offset: number) => {
      const other = lexemes[index + offset];
      return other ? textOf(code, other) : '';
    };
    const name = nameOf(code, lexeme);
    const schemaLexeme = at(-1) === '.' ? lexemes[index - 2] : undefined;
    const schema = schemaLexeme ? nameOf(code, schemaLexeme) : null;
    const full = schema === null ? name : `${schema}.${name}`;
    if (at(1) === '(') {
      const reached = functionReach(schema, name);
      // Whoever ends its own session reaches nobody else's.
      if (reached === 'sessions' && [2, 4].some((offset) => at(offset).toLowerCase() === 'pg_backend_pid')) return [];
      if (reached) return [{ what: `${full}()`, reached }];
      const knownReach = known.functions.get(full);
      return knownReach ? [knownReach] : [];
    }
    const verb = (schema === null ? at(-1) : at(-3)).toLowerCase();
    if (!writeVerbs.includes(verb)) return [];
    if (known.foreignTables.has(full)) return [{ what: `the foreign table ${full}`, reached: 'other servers' }];
    const shared = schema === null || schema === 'pg_catalog' ? sharedCatalogs[name] : undefined;
    const isWritten = verb !== 'from' || (schema === null ? at(-2) : at(-4)).toLowerCase() === 'delete';
    const triggered = known.triggered.get(full);
    if (triggered && isWritten) return [triggered];
    return shared && isWritten ? [{ what: `a change of ${name}`, reached: shared }] : [];
  });

/** Strings that are only shown: the format of RAISE. */
const isRaised = (code: string, lexemes: readonly Lexeme[], index: number) =>
  [1, 2].some((back) => {
    const word = lexemes[index - back];
    return word !== undefined && textOf(code, word).toLowerCase() === 'raise';
  });

const runsStrings = /\bexecute\b|\bexecute_?(?:sql|query)?\b|\bspi_exec|\bperform_sql\b/;

/** Strings may hold strings that are executed in turn. */
const deepest = 5;

const inText = (code: string, known: KnownReach, depth: number): readonly Reaching[] => {
  const lexemes = lexemesOf(code).filter((lexeme) => !isComment(lexeme));
  const words = wordsOf(code, lexemes);
  const found = [
    ...namedIn(code, lexemes, known),
    ...codeRows.flatMap(([what, reached, pattern]) => {
      const match = pattern.exec(words);
      return match ? [{ what: what ?? match[0].toUpperCase(), reached }] : [];
    }),
  ];
  if (depth === deepest || !(depth > 0 || runsStrings.test(words))) return found;
  const strings = lexemes.flatMap((lexeme, index) =>
    lexeme.kind === 'string' && !isRaised(code, lexemes, index) ? [insideOf(textOf(code, lexeme))] : [],
  );
  // One statement is often put together of several strings, with names between them or without: they are read together too.
  const together = strings.length > 1 ? [strings.join(' % '), strings.join('')] : [];
  return [...found, ...[...strings, ...together].flatMap((text) => inText(text, known, depth + 1))];
};

/** Code in another language than SQL's: its strings are not PostgreSQL's, so it is read as one text. */
const inForeignCode = (code: string, known: KnownReach): readonly Reaching[] =>
  inText(code.replaceAll(/["'`]/g, ' '), known, 0);

/**
 * Everything in a body of that language; the untrusted languages reach beyond whatever the body says.
 *
 * @example
 * reachInCode('plpgsql', "BEGIN EXECUTE 'DROP ROLE x'; END", nothingKnown) // [{ what: 'DROP ROLE', reached: 'roles' }]
 */
export const reachInCode = (language: string, code: string, known: KnownReach): readonly Reaching[] => {
  if (isUntrustedLanguage(language)) return [{ what: `a function in language ${language}`, reached: 'files' }];
  if (language === 'internal') {
    const reached = functionReach('pg_catalog', code.trim());
    return reached ? [{ what: `${code.trim()}()`, reached }] : [];
  }
  return language === 'sql' || language === 'plpgsql' ? inText(code, known, 0) : inForeignCode(code, known);
};
