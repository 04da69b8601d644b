/** The search_path that holds at each statement of a file: a name without a schema means what that path makes it mean. */
import type { Node } from 'libpg-query';
import { namesOf } from '#domain/catalog/identifiers';
import type { SqlStatement } from '#domain/migration/migration';
import { splitIntoUnits } from '#domain/migration/units';
import { nodeOf, nodesOf, stringsOf } from '#domain/sql/syntax';

/** Schemas in their order; `$user` stands for a schema of the role's name. */
export type SearchPath = readonly string[];

/** PostgreSQL's own default. */
export const defaultSearchPath: SearchPath = ['$user', 'public'];

/** `path` is null where the session's default holds again. */
type PathSetting = { readonly path: SearchPath | null; readonly isLocal: boolean };

/** A list in one text, as set_config() takes it; names without quotes are folded. */
export const pathOf = (list: string): SearchPath =>
  namesOf(list.replace(/"[^"]*"|[^"]+/g, (part) => (part.startsWith('"') ? part : part.toLowerCase()))).filter(
    (name) => name !== '',
  );

const textOf = (node: Node | undefined): string | null => {
  const constant = nodeOf(node, 'A_Const');
  if (constant) return constant.sval ? (constant.sval.sval ?? '') : null;
  const cast = nodeOf(node, 'TypeCast');
  return cast ? textOf(cast.arg) : null;
};

const isTrue = (node: Node | undefined): boolean =>
  nodeOf(node, 'A_Const')?.boolval?.boolval === true || ['t', 'true', 'on', 'yes', '1'].includes(textOf(node) ?? '');

const setByCommand = (node: Node): PathSetting | null => {
  const set = nodeOf(node, 'VariableSetStmt');
  if (!set) return null;
  const isLocal = set.is_local === true;
  if (set.kind === 'VAR_RESET_ALL') return { path: null, isLocal };
  if (set.name !== 'search_path' || set.kind === 'VAR_SET_CURRENT') return null;
  if (set.kind !== 'VAR_SET_VALUE') return { path: null, isLocal };
  return { path: (set.args ?? []).flatMap((argument) => textOf(argument) || []), isLocal };
};

/** SELECT set_config('search_path', …, is_local), as pg_dump writes it. */
const setByFunction = (node: Node): PathSetting | null => {
  const targets = nodesOf(nodeOf(node, 'SelectStmt')?.targetList, 'ResTarget');
  for (const { val } of targets) {
    const call = nodeOf(val, 'FuncCall');
    const [setting, value, local] = call?.args ?? [];
    const list = textOf(value);
    if (stringsOf(call?.funcname).at(-1) !== 'set_config' || textOf(setting)?.toLowerCase() !== 'search_path') continue;
    if (list !== null) return { path: pathOf(list), isLocal: isTrue(local) };
  }
  return null;
};

/**
 * Gives the path of each statement, by its position. What is set for a transaction ends with its unit; a setting for the session
 * holds in the units behind it too.
 *
 * @example
 * // SET search_path = app, public; CREATE TABLE a (id int);
 * searchPathsOf(statements, defaultSearchPath) // [['$user', 'public'], ['app', 'public']]
 */
export const searchPathsOf = (
  statements: readonly SqlStatement[],
  initial: SearchPath = defaultSearchPath,
): readonly SearchPath[] => {
  let session = initial;
  const paths: SearchPath[] = [];
  for (const unit of splitIntoUnits(statements)) {
    let local: SearchPath | null = null;
    for (const { node, index } of unit.statements) {
      paths[index] = local ?? session;
      const setting = setByCommand(node as Node) ?? setByFunction(node as Node);
      if (setting?.isLocal) local = setting.path ?? initial;
      else if (setting) [session, local] = [setting.path ?? initial, null];
    }
  }
  return paths;
};
