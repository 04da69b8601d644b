/** What of a script reaches beyond the database that it runs in: read by the review, the workflow and `rehearse`. */
import type { Node, RangeVar } from 'libpg-query';
import { type KnownReach, nothingKnown, type Reaching, reachInCode } from './reach-in-code';
import { functionReach, objectRows, sharedCatalogs, statementRows } from './reach-table';
import { nodeOf, stringsOf, walk } from './syntax';

export type Reach = Reaching & {
  /** Where the line is; missing where the subject said no file. */
  readonly file?: string;
  readonly line: number;
  /** True in a function that is only made: nothing that the script runs calls it, so nothing is reached now. */
  readonly isKept: boolean;
};

type Place = { readonly file?: string; readonly line: number };

export type ReachSubject = Place & { readonly nodes: readonly unknown[] };

type Content = Readonly<Record<string, unknown>>;

const optionOf = (content: Content, field: string, name: string): unknown =>
  (content[field] as readonly Node[] | undefined)
    ?.map((option) => nodeOf(option, 'DefElem'))
    .find((option) => option?.defname === name)?.arg;

const textsIn = (value: unknown): readonly string[] => {
  const texts: string[] = [];
  walk({ value }, (kind, content) => {
    if (kind === 'String') texts.push(String(content['sval'] ?? ''));
  });
  return texts;
};

const functionName = (parts: readonly string[]) => ({ schema: parts.at(-2) ?? null, name: parts.at(-1) ?? '' });

const inCall = (content: Content, known: KnownReach): readonly Reaching[] => {
  const { schema, name } = functionName(stringsOf(content['funcname'] as readonly Node[] | undefined));
  const full = schema === null ? name : `${schema}.${name}`;
  const reached = functionReach(schema, name);
  // Whoever ends its own session reaches nobody else's.
  const asked = nodeOf((content['args'] as readonly Node[] | undefined)?.[0], 'FuncCall')?.funcname;
  if (reached === 'sessions' && stringsOf(asked).at(-1) === 'pg_backend_pid') return [];
  if (reached) return [{ what: `${full}()`, reached }];
  const follows = known.functions.get(full);
  return follows ? [follows] : [];
};

const inCopy = (content: Content): readonly Reaching[] =>
  content['is_program']
    ? [{ what: 'COPY … PROGRAM', reached: 'files' }]
    : content['filename']
      ? [{ what: 'COPY of a file of the server', reached: 'files' }]
      : [];

/** INSERT, UPDATE, DELETE, MERGE: what they write into. */
const inWrite = (content: Content, known: KnownReach): readonly Reaching[] => {
  const relation = content['relation'] as RangeVar | undefined;
  const { schemaname: schema, relname: name = '' } = relation ?? {};
  const shared = schema === undefined || schema === 'pg_catalog' ? sharedCatalogs[name] : undefined;
  if (shared) return [{ what: `a change of ${name}`, reached: shared }];
  const triggered = known.triggered.get(fullName(relation));
  if (triggered) return [triggered];
  return isForeign(relation, known)
    ? [{ what: `the foreign table ${fullName(relation)}`, reached: 'other servers' }]
    : [];
};

const fullName = (relation: RangeVar | undefined) =>
  relation?.schemaname ? `${relation.schemaname}.${relation.relname}` : (relation?.relname ?? '');

const isForeign = (relation: RangeVar | undefined, { foreignTables }: KnownReach) =>
  foreignTables.has(fullName(relation));

const inBody = (content: Content, field: string, defaultLanguage: string, known: KnownReach): readonly Reaching[] => {
  const language = textsIn(optionOf(content, field, 'language'))[0] ?? defaultLanguage;
  // Of C the second string is the name of the symbol; of all others there is one.
  const body = textsIn(optionOf(content, field, 'as')).join(' ');
  return reachInCode(language.toLowerCase(), body, known);
};

/** By the parser's name of a node that has more to it than its kind. */
const readers: Readonly<Record<string, (content: Content, known: KnownReach) => readonly Reaching[]>> = {
  FuncCall: inCall,
  // CALL holds its call without the name of the kind around it.
  funccall: inCall,
  // Both carry the function that they will call in the same field.
  CreateTrigStmt: inCall,
  CreateEventTrigStmt: inCall,
  CopyStmt: inCopy,
  InsertStmt: inWrite,
  UpdateStmt: inWrite,
  DeleteStmt: inWrite,
  MergeStmt: inWrite,
  DoStmt: (content, known) => inBody(content, 'args', 'plpgsql', known),
  CreateFunctionStmt: (content, known) => inBody(content, 'options', 'sql', known),
  // A foreign table may be read from, as in SELECT: that asks another server too.
  RangeVar: (content, known) =>
    isForeign(content as RangeVar, known)
      ? [{ what: `the foreign table ${fullName(content as RangeVar)}`, reached: 'other servers' }]
      : [],
};

/** Of RENAME, OWNER TO, COMMENT, SECURITY LABEL and GRANT, the kind of what they are about. */
const objectOf = (content: Content): string | undefined =>
  [content['renameType'], content['objectType'], content['objtype']].find(
    (type): type is string => typeof type === 'string',
  );

const ofObjects = ['RenameStmt', 'AlterOwnerStmt', 'CommentStmt', 'SecLabelStmt', 'GrantStmt'];

const inNode = (node: unknown, known: KnownReach): readonly Reaching[] => {
  const found: Reaching[] = [];
  walk(node, (kind, content) => {
    const byKind = statementRows[kind];
    if (byKind) found.push({ what: byKind.what, reached: byKind.reached });
    const byObject = ofObjects.includes(kind) ? objectRows[objectOf(content) ?? ''] : undefined;
    if (byObject) found.push({ what: byObject.what, reached: byObject.reached });
    found.push(...(readers[kind]?.(content, known) ?? []));
  });
  return found;
};

const functionMade = (node: unknown) =>
  nodeOf(node, 'CreateFunctionStmt') as { readonly funcname?: readonly Node[]; readonly replace?: boolean } | undefined;

/** They name a function without calling it. */
const onlyName = [
  'DropStmt',
  'CommentStmt',
  'GrantStmt',
  'AlterFunctionStmt',
  'AlterOwnerStmt',
  'AlterObjectSchemaStmt',
];

const textOfNode = (node: unknown) => JSON.stringify(node).toLowerCase();

/** Whether the node only makes a function that nothing calls: what is there under its name has callers, and so has what others name. */
const keepsForLater = (node: unknown, others: readonly unknown[], { existing }: KnownReach): boolean => {
  const made = functionMade(node);
  if (!made) return false;
  const parts = stringsOf(made.funcname);
  const name = parts.at(-1) ?? '';
  if (made.replace && (existing === null || existing.has(parts.join('.')))) return false;
  return others.every((other) => !textOfNode(other).includes(name.toLowerCase()));
};

const once = (found: readonly Reach[]): readonly Reach[] => [
  ...new Map(found.map((one) => [`${one.file ?? ''} ${one.line} ${one.what}`, one])).values(),
];

/** What the script itself makes: a call of a function that reaches beyond reaches beyond too, and so does a foreign table. */
const madeIn = (subjects: readonly ReachSubject[], known: KnownReach): KnownReach => {
  const functions = new Map(known.functions);
  const foreignTables = new Set(known.foreignTables);
  const triggered = new Map(known.triggered);
  for (const { nodes } of subjects)
    walk(nodes, (kind, content) => {
      if (kind === 'CreateForeignTableStmt') {
        const { base } = content as { base?: { relation?: RangeVar } };
        for (const name of [base?.relation?.relname, fullName(base?.relation)]) if (name) foreignTables.add(name);
      }
      if (kind === 'CreateTrigStmt') {
        const [calls] = inCall(content, { ...known, functions, foreignTables });
        const relation = content['relation'] as RangeVar | undefined;
        for (const name of [relation?.relname, fullName(relation)])
          if (calls && name) triggered.set(name, { ...calls, what: `a trigger of ${name} that calls ${calls.what}` });
      }
      if (kind !== 'CreateFunctionStmt') return;
      const [first] = inBody(content, 'options', 'sql', { ...known, functions, foreignTables });
      if (!first) return;
      const parts = stringsOf(content['funcname'] as readonly Node[] | undefined);
      for (const name of [parts.at(-1), parts.join('.')])
        if (name) functions.set(name, { ...first, what: `${parts.join('.')}(), with ${first.what} in it` });
    });
  return { ...known, functions, foreignTables, triggered };
};

/** SQL that runs with the script and was not parsed: the statements of declared tests. */
export type ReachText = Place & { readonly sql: string };

const placeOf = ({ file, line }: Place): Place => ({ ...(file !== undefined && { file }), line });

/** Everything that reaches beyond, in the order of the script; empty when all of it stays in its database. */
export const reachOf = (
  subjects: readonly ReachSubject[],
  known: KnownReach = nothingKnown,
  texts: readonly ReachText[] = [],
): readonly Reach[] => {
  const all = madeIn(subjects, known);
  const nodes = subjects.flatMap((subject) => subject.nodes);
  const naming = nodes.filter((node) => !onlyName.includes(Object.keys(node as object)[0] ?? ''));
  const beside = texts.map(({ sql }) => sql);
  return once([
    ...subjects.flatMap((subject) =>
      subject.nodes.flatMap((node) => {
        const found = inNode(node, all);
        if (found.length === 0) return [];
        const others = naming.filter((other) => other !== node);
        const isKept = keepsForLater(node, [...others, ...beside], known);
        return found.map((one) => ({ ...one, ...placeOf(subject), isKept }));
      }),
    ),
    ...texts.flatMap((text) =>
      reachInCode('sql', text.sql, all).map((one) => ({ ...one, ...placeOf(text), isKept: false })),
    ),
  ]);
};

/** Those that happen when the script runs. */
export const reachedNow = (found: readonly Reach[]): readonly Reach[] => found.filter(({ isKept }) => !isKept);
