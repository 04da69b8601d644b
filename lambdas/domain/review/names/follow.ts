/** Follows a file statement by statement: which object a name means there, and where that object comes from. */
import type { AlterTableCmd, Node } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { isTemporary, nodeOf, nodesOf, relationName } from '#domain/sql/syntax';
import { changesOf, type IsMade, relationOf } from '../changes/changes-of';
import { createdObjects, type SchemaObject } from '../changes/created-objects';
import { type DroppedObject, droppedObjects } from '../changes/dropped-objects';
import { implicitObjects } from '../changes/implicit-objects';
import { flatten } from '../changes/nested-statements';
import { copyOf, enter, isPartKind, type NameBook, type Origin, originIn, rename, strike } from './name-book';
import { qualify } from './qualify';
import { type Renaming, renamingOf } from './renaming';
import { type SearchPath, searchPathsOf } from './search-path';

export type Created = SchemaObject & {
  /** True where it takes the place of one that was there before, which keeps its owner and privileges: CREATE OR REPLACE. */
  readonly replaces: boolean;
};

export type Dropped = DroppedObject & {
  readonly origin: Origin;
  /** 0-based position of its statement. */
  readonly index: number;
};

export type Renamed = Renaming & { readonly origin: Origin; readonly line: number };

export type Followed = {
  /** As many as were written; each name has its schema. */
  readonly statements: readonly SqlStatement[];
  /** The same, with CREATE SCHEMA's own elements behind it. */
  readonly flat: readonly SqlStatement[];
  /** Without temporary ones, and without those that IF NOT EXISTS leaves as they are. */
  readonly created: readonly Created[];
  /** Without temporary ones, and without those that IF EXISTS does not find. */
  readonly dropped: readonly Dropped[];
  /** Without temporary ones. */
  readonly renamed: readonly Renamed[];
  /** True for a relation that the file has made when that statement begins, or makes with it. */
  readonly isMade: IsMade;
  /** The names when the file is through. */
  readonly end: NameBook;
};

const replacesExisting = (node: Node): boolean =>
  [
    nodeOf(node, 'ViewStmt'),
    nodeOf(node, 'CreateFunctionStmt'),
    nodeOf(node, 'CreateTrigStmt'),
    nodeOf(node, 'RuleStmt'),
    nodeOf(node, 'DefineStmt'),
  ].some((created) => created?.replace === true);

/** Without OR REPLACE it has other arguments than the one that is there. */
const isOverload = (node: Node): boolean =>
  nodeOf(node, 'CreateFunctionStmt') !== undefined || nodeOf(node, 'DefineStmt')?.kind === 'OBJECT_AGGREGATE';

const commandsIn = (node: unknown) => nodesOf(nodeOf(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd');

/** IF NOT EXISTS, of the object or of the added column. */
const leavesExisting = (node: Node, kind: string, identity: string): boolean => {
  const [content] = Object.values(node) as [Readonly<Record<string, unknown>>?];
  const adds = commandsIn(node).some(
    ({ missing_ok: mayBeThere, def }) =>
      mayBeThere === true && kind === 'column' && identity.endsWith(`.${nodeOf(def, 'ColumnDef')?.colname}`),
  );
  return adds || content?.['if_not_exists'] === true;
};

/** IF EXISTS, of the object, its table or the dropped part. */
const mayBeMissing = ({ node }: SqlStatement, { kind, identity }: DroppedObject): boolean =>
  [nodeOf(node, 'DropStmt'), nodeOf(node, 'DropRoleStmt'), nodeOf(node, 'AlterTableStmt')].some(
    (statement) => statement?.missing_ok === true,
  ) ||
  commandsIn(node).some(
    ({ missing_ok: missingOk, name }) => missingOk === true && isPartKind(kind) && identity.endsWith(`.${name}`),
  );

const isTemporaryObject = ({ identity, table }: { readonly identity: string; readonly table?: string | null }) =>
  isTemporary(identity) || isTemporary(table ?? '');

/** What one statement makes and takes away, entered into the book. */
const step = (book: NameBook, statement: SqlStatement) => {
  const changes = changesOf([statement]);
  const node = statement.node as Node;
  const wasThere = (kind: string, identity: string) => book.isComplete && originIn(book, kind, identity) === 'before';
  const isMadeBefore = (kind: string, identity: string) => originIn(book, kind, identity) === 'file';
  const dropped = droppedObjects([statement], changes).map((one) => ({
    ...one,
    origin: originIn(book, one.kind, one.identity),
    index: statement.index,
  }));
  const all = createdObjects([statement], changes).map((one) => ({
    ...one,
    replaces: replacesExisting(node) && wasThere(one.kind, one.identity),
  }));
  // One that is there already is not made: IF NOT EXISTS passes it over, and without it the statement fails.
  const created = all.filter(({ kind, identity, replaces }) => {
    if (replaces || isOverload(node)) return true;
    return !wasThere(kind, identity) && !(leavesExisting(node, kind, identity) && isMadeBefore(kind, identity));
  });
  for (const { kind, identity } of dropped) strike(book, kind, identity);
  for (const { kind, identity, replaces } of created) if (!replaces) enter(book, kind, identity, 'file');
  if (created.length === all.length)
    for (const { kind, identity } of implicitObjects(changes)) enter(book, kind, identity, 'file');
  const renaming = renamingOf(statement);
  const origin = renaming ? originIn(book, renaming.kind, renaming.from) : 'nowhere';
  if (renaming) rename(book, renaming.kind, renaming.from, renaming.to);
  return {
    created: created.filter((one) => !isTemporaryObject(one)),
    dropped: dropped.filter(
      (one) => !isTemporaryObject(one) && !(one.origin === 'nowhere' && mayBeMissing(statement, one)),
    ),
    renamed: renaming && !isTemporary(renaming.from) ? [{ ...renaming, origin, line: statement.line }] : [],
  };
};

/** The relation that a statement works on is one that the file has made. */
const worksOnMade = (book: NameBook, statement: SqlStatement): boolean => {
  const relation = relationOf(statement);
  const isType = nodeOf(statement.node, 'AlterTableStmt')?.objtype === 'OBJECT_TYPE';
  return relation !== null && originIn(book, isType ? 'type' : 'table', relation) === 'file';
};

/** Without the commands that IF EXISTS and IF NOT EXISTS leave undone. */
const withoutIdleCommands = (book: NameBook, node: Node): Node => {
  const altered = nodeOf(node, 'AlterTableStmt');
  if (!altered) return node;
  const table = relationName(altered.relation);
  const isIdle = ({ subtype, missing_ok: missingOk, name, def }: AlterTableCmd) => {
    if (altered.missing_ok === true && originIn(book, 'table', table) === 'nowhere') return true;
    const kind = idleKinds[subtype ?? ''];
    if (!kind || missingOk !== true) return false;
    const part = `${table}.${name ?? nodeOf(def, 'ColumnDef')?.colname}`;
    const isMissing = originIn(book, kind, part) === 'nowhere';
    return subtype === 'AT_AddColumn' ? book.isComplete && originIn(book, kind, part) === 'before' : isMissing;
  };
  const cmds = (altered.cmds ?? []).filter((one) => !isIdle(nodeOf(one, 'AlterTableCmd') ?? {}));
  return { AlterTableStmt: { ...altered, cmds } };
};

const idleKinds: Readonly<Record<string, string>> = {
  AT_AddColumn: 'column',
  AT_DropColumn: 'column',
  AT_DropConstraint: 'constraint',
};

const withoutElements = (node: Node): Node => {
  const schema = nodeOf(node, 'CreateSchemaStmt');
  return schema?.schemaElts ? { CreateSchemaStmt: { ...schema, schemaElts: [] } } : node;
};

/**
 * Follows the statements of a file, or of its rollback, from what `before` says is there.
 *
 * @example
 * // SET search_path = app; ALTER TABLE person ADD COLUMN note text;
 * follow(statements, book).created // [{ kind: 'column', identity: 'app.person.note', … }]
 */
export const follow = (written: readonly SqlStatement[], before: NameBook, initialPath?: SearchPath): Followed => {
  const book = copyOf(before);
  const paths = searchPathsOf(written, initialPath);
  const made = new Map<SqlStatement, boolean>();
  const flat: SqlStatement[] = [];
  const steps: ReturnType<typeof step>[] = [];
  const followOne = (one: SqlStatement, path: SearchPath) => {
    const whole = { ...one, node: withoutElements(qualify(one.node as Node, { book, path })) as SqlStatement['node'] };
    const statement = { ...whole, node: withoutIdleCommands(book, whole.node as Node) as SqlStatement['node'] };
    const wasMade = worksOnMade(book, statement);
    const done = step(book, statement);
    const relation = relationOf(statement);
    made.set(
      statement,
      wasMade || done.created.some(({ kind, identity }) => !isPartKind(kind) && identity === relation),
    );
    flat.push(statement);
    // Columns and constraints of a new table come and go with it.
    const isOfNew = ({ kind }: Created) => wasMade && (kind === 'column' || kind === 'constraint');
    steps.push({ ...done, created: done.created.filter((object) => !isOfNew(object)) });
    return whole;
  };
  const statements = written.map((one) => {
    const path = paths[one.index] ?? [];
    const [outer, ...elements] = flatten([one]);
    const statement = followOne(outer ?? one, path);
    const schema = nodeOf(statement.node, 'CreateSchemaStmt')?.schemaname ?? '';
    for (const element of elements) followOne(element, [schema, ...path]);
    return elements.length === 0 ? statement : one;
  });
  return {
    statements,
    flat,
    created: steps.flatMap((done) => done.created),
    dropped: steps.flatMap((done) => done.dropped),
    renamed: steps.flatMap((done) => done.renamed),
    isMade: (statement) => made.get(statement) ?? false,
    end: book,
  };
};
