/** Writes the schema to every name of a syntax tree that has none, as the search_path and what is there make it mean. */
import type { Node, RangeVar } from 'libpg-query';
import { nodeOf, stringsOf, temporarySchema, walk } from '#domain/sql/syntax';
import { type NameBook, schemaForNew, schemaOf } from './name-book';
import type { SearchPath } from './search-path';

export type Scope = { readonly book: NameBook; readonly path: SearchPath };

type Content = Readonly<Record<string, unknown>>;

/** The field that holds what a statement makes; everything else that it names is there already. */
const madeRelations: Readonly<Record<string, string>> = {
  CreateStmt: 'relation',
  CreateForeignTableStmt: 'base',
  CreateTableAsStmt: 'into',
  SelectStmt: 'intoClause',
  ViewStmt: 'view',
  CreateSeqStmt: 'sequence',
  CompositeTypeStmt: 'typevar',
};

/** Lists of strings that are names, by statement and field. */
const nameLists: Readonly<Record<string, readonly [field: string, space: string, isMade: boolean]>> = {
  CreateFunctionStmt: ['funcname', 'function', true],
  CreateEnumStmt: ['typeName', 'type', true],
  CreateRangeStmt: ['typeName', 'type', true],
  CreateDomainStmt: ['domainname', 'type', true],
  CreateStatsStmt: ['defnames', 'statistics', true],
  DefineStmt: ['defnames', 'object', true],
  CreateTrigStmt: ['funcname', 'function', false],
  AlterEnumStmt: ['typeName', 'type', false],
  AlterDomainStmt: ['typeName', 'type', false],
  AlterStatsStmt: ['defnames', 'statistics', false],
};

/** What a list of strings names in DROP, COMMENT, ALTER … OWNER and their kin; `parts` = the last string belongs to a relation. */
const listedObjects: Readonly<Record<string, readonly [space: string, form: 'name' | 'parts']>> = {
  OBJECT_TABLE: ['relation', 'name'],
  OBJECT_FOREIGN_TABLE: ['relation', 'name'],
  OBJECT_VIEW: ['relation', 'name'],
  OBJECT_MATVIEW: ['relation', 'name'],
  OBJECT_INDEX: ['relation', 'name'],
  OBJECT_SEQUENCE: ['relation', 'name'],
  OBJECT_STATISTIC_EXT: ['statistics', 'name'],
  OBJECT_COLLATION: ['collation', 'name'],
  OBJECT_TSCONFIGURATION: ['text search configuration', 'name'],
  OBJECT_TSDICTIONARY: ['text search dictionary', 'name'],
  OBJECT_TYPE: ['type', 'name'],
  OBJECT_DOMAIN: ['type', 'name'],
  OBJECT_COLUMN: ['relation', 'parts'],
  OBJECT_TABCONSTRAINT: ['relation', 'parts'],
  OBJECT_TRIGGER: ['relation', 'parts'],
  OBJECT_POLICY: ['relation', 'parts'],
  OBJECT_RULE: ['relation', 'parts'],
};

const string = (sval: string): Node => ({ String: { sval } }) as Node;

const withSchema = (scope: Scope, space: string, names: readonly Node[], isMade: boolean): readonly Node[] => {
  if (names.length !== 1) return names;
  const [name = ''] = stringsOf(names);
  const found = schemaOf(scope.book, space, name, scope.path);
  const schema = isMade ? schemaForNew(scope.book, scope.path) : found;
  return schema === null ? names : [string(schema), ...names];
};

/** Of `table.column` and its kin: the schema is that of the relation. */
const partsWithSchema = (scope: Scope, names: readonly Node[]): readonly Node[] => [
  ...withSchema(scope, 'relation', names.slice(0, -1), false),
  ...names.slice(-1),
];

const lookedUp = (scope: Scope, relation: RangeVar): RangeVar => {
  const name = relation.relname ?? '';
  // ALTER TYPE of a composite type names it as a relation.
  const found = schemaOf(scope.book, 'relation', name, scope.path) ?? schemaOf(scope.book, 'type', name, scope.path);
  return { ...relation, schemaname: found ?? schemaForNew(scope.book, scope.path) };
};

const made = (scope: Scope, relation: RangeVar, isTemporary: boolean): RangeVar => {
  if (relation.schemaname && !/^pg_temp/.test(relation.schemaname)) return relation;
  const schema =
    isTemporary || relation.schemaname || relation.relpersistence === 't'
      ? temporarySchema
      : schemaForNew(scope.book, scope.path);
  return { ...relation, schemaname: schema };
};

const isRelation = (content: Content): boolean => typeof content['relname'] === 'string' && 'relpersistence' in content;

/** Names that a WITH gives; they hide tables. */
const withNames = (node: unknown): ReadonlySet<string> => {
  const found = new Set<string>();
  walk(node, (kind, content) => {
    if (kind === 'CommonTableExpr') found.add(String(content['ctename']));
  });
  return found;
};

const readsTemporary = (node: unknown): boolean => {
  let found = false;
  walk(node, (_, content) => {
    if (content['schemaname'] === temporarySchema) found = true;
  });
  return found;
};

/** By the form of the content, because the tree holds relations, types and routines with and without the word for them. */
const rebuild = (scope: Scope, hidden: ReadonlySet<string>, value: unknown, key: string): unknown => {
  if (Array.isArray(value)) return value.map((one) => rebuild(scope, hidden, one, key));
  if (typeof value !== 'object' || value === null) return value;
  const written = value as Content;
  const content: Record<string, unknown> = {};
  for (const field of Object.keys(written)) content[field] = rebuild(scope, hidden, written[field], field);
  if (isRelation(content)) {
    const relation = content as RangeVar;
    if (relation.schemaname)
      return /^pg_temp/.test(relation.schemaname) ? { ...relation, schemaname: temporarySchema } : relation;
    return hidden.has(relation.relname ?? '') ? relation : lookedUp(scope, relation);
  }
  const list = (field: string) => (content[field] ?? []) as readonly Node[];
  if (key === 'FuncCall') return { ...content, funcname: withSchema(scope, 'function', list('funcname'), false) };
  if (Array.isArray(content['names']) && 'typemod' in content)
    return { ...content, names: withSchema(scope, 'type', list('names'), false) };
  if (key === 'DefElem' && content['defname'] === 'owned_by') {
    const items = nodeOf(content['arg'], 'List')?.items ?? [];
    return items.length < 2 ? content : { ...content, arg: { List: { items: partsWithSchema(scope, items) } } };
  }
  return content;
};

const objectWithSchema = (scope: Scope, objectType: string, object: Node): Node => {
  const [space, form] = listedObjects[objectType] ?? [];
  const items = nodeOf(object, 'List')?.items;
  if (items && space)
    return {
      List: { items: form === 'parts' ? partsWithSchema(scope, items) : withSchema(scope, space, items, false) },
    } as Node;
  const routine = nodeOf(object, 'ObjectWithArgs');
  if (!routine) return object;
  const routineSpace = objectType === 'OBJECT_OPERATOR' ? 'operator' : 'function';
  return {
    ObjectWithArgs: { ...routine, objname: withSchema(scope, routineSpace, routine.objname ?? [], false) },
  } as Node;
};

const madeRelation = (scope: Scope, kind: string, content: Content): Content => {
  const field = madeRelations[kind];
  const holder = field && (content[field] as Content | undefined);
  if (!field || !holder) return content;
  const isTemporary = kind === 'ViewStmt' && readsTemporary(content['query']);
  const inner = kind === 'CreateForeignTableStmt' ? 'relation' : 'rel';
  return {
    ...content,
    [field]: isRelation(holder)
      ? made(scope, holder as RangeVar, isTemporary)
      : { ...holder, [inner]: made(scope, holder[inner] as RangeVar, false) },
  };
};

const objectFields = (scope: Scope, content: Content): Content => {
  const type = (content['removeType'] ?? content['objtype'] ?? content['renameType'] ?? content['objectType']) as
    | string
    | undefined;
  if (!type) return content;
  const object = content['object'] as Node | undefined;
  const objects = content['objects'] as readonly Node[] | undefined;
  return {
    ...content,
    ...(object && { object: objectWithSchema(scope, type, object) }),
    ...(objects && { objects: objects.map((one) => objectWithSchema(scope, type, one)) }),
  };
};

const definedSpaces: Readonly<Record<string, string>> = {
  OBJECT_AGGREGATE: 'function',
  OBJECT_OPERATOR: 'operator',
  OBJECT_TYPE: 'type',
};

/** The statement's own fields as written (what it makes must not be looked up), everything below them looked up. */
const ownFields = (kind: string, written: Content, content: Content): Content => {
  const field = madeRelations[kind];
  return field && written[field] ? { ...content, [field]: written[field] } : content;
};

/**
 * Gives the tree with a schema at every name that is found, and at every name that the statement makes; temporary ones are in
 * pg_temp. Names of PostgreSQL's own types and functions stay without.
 *
 * @example
 * // SET search_path = app; ALTER TABLE person ADD COLUMN note text
 * qualify(node, scope) // relation: { schemaname: 'app', relname: 'person' }
 */
export const qualify = (node: Node, scope: Scope): Node => {
  const [[kind, written] = ['', {}]] = Object.entries(node) as [string, Content][];
  const rebuilt = rebuild(scope, withNames(node), written, kind) as Content;
  const content = objectFields(scope, madeRelation(scope, kind, ownFields(kind, written, rebuilt)));
  const [field, listedSpace, isMade] = nameLists[kind] ?? [];
  const space = kind === 'DefineStmt' ? (definedSpaces[String(content['kind'])] ?? 'object') : listedSpace;
  const func = content['func'] as { readonly objname?: Node[] } | undefined;
  return {
    [kind]: {
      ...content,
      ...(field && {
        [field]: withSchema(scope, space ?? '', (content[field] ?? []) as Node[], isMade ?? false),
      }),
      ...(func?.objname && { func: { ...func, objname: withSchema(scope, 'function', func.objname, false) } }),
    },
  } as unknown as Node;
};
