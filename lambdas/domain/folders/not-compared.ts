/** What a migration changes although a comparison of two schemas cannot see it: said, so that `exact` is not taken for more. */
import type { Node, RangeVar } from 'libpg-query';
import { reachedNow, reachOf } from '#domain/sql/reach';
import { reachedInWords } from '#domain/sql/reach-table';
import { nodeOf, nodesOf, relationName, walk } from '#domain/sql/syntax';
import type { ScriptPiece } from './pieces';

const rowVerbs: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  TruncateStmt: 'TRUNCATE',
};

const dropped: Readonly<Record<string, string>> = { OBJECT_TABLE: 'DROP TABLE', OBJECT_SCHEMA: 'DROP SCHEMA' };

/** They keep a statement for later; nothing of it happens now. */
const keepsForLater = (node: Node) => Boolean(nodeOf(node, 'CreateFunctionStmt') ?? nodeOf(node, 'RuleStmt'));

/** Tables that the script makes itself: going back drops them with their rows. */
const tablesMadeIn = (pieces: readonly ScriptPiece[]): ReadonlySet<string> =>
  new Set(
    pieces
      .flatMap(({ nodes }) => nodesOf([...nodes], 'CreateStmt'))
      .filter(({ if_not_exists: mayBeThere }) => !mayBeThere)
      .map(({ relation }) => relationName(relation)),
  );

/** What changes rows of tables that were there before, or takes them away; null when nothing does. */
const rowChangeIn = (node: Node, made: ReadonlySet<string>): string | null => {
  const drop = dropped[nodeOf(node, 'DropStmt')?.removeType ?? ''];
  if (drop) return drop;
  const commands = nodesOf(nodeOf(node, 'AlterTableStmt')?.cmds, 'AlterTableCmd');
  if (commands.some(({ subtype }) => subtype === 'AT_DropColumn')) return 'DROP COLUMN';
  if (keepsForLater(node)) return null;
  let found: string | null = null;
  // Statements inside WITH count too.
  walk(node, (kind, content) => {
    const verb = rowVerbs[kind];
    const relation = content['relation'] as RangeVar | undefined;
    if (verb && !(relation && made.has(relationName(relation)))) found ??= verb;
  });
  return found;
};

const firstRowChange = (pieces: readonly ScriptPiece[]) => {
  const made = tablesMadeIn(pieces);
  for (const { nodes, line } of pieces)
    for (const node of nodes) {
      const what = rowChangeIn(node, made);
      if (what) return { what, line };
    }
  return null;
};

/** A sentence for the server and one for the rows, where the way forward changes them and they were not compared. */
export const notCompared = (
  fileName: string,
  pieces: readonly ScriptPiece[],
  { areRowsCompared = false } = {},
): readonly string[] => {
  const [beyond] = reachedNow(reachOf(pieces));
  const rows = areRowsCompared ? null : firstRowChange(pieces);
  return [
    ...(beyond
      ? [`${fileName}:${beyond.line}: ${beyond.what} reaches ${reachedInWords[beyond.reached]}: it is not compared`]
      : []),
    ...(rows
      ? [
          `${fileName}:${rows.line}: ${rows.what}: rows and values are not compared here; the workflow's dry run counts them`,
        ]
      : []),
  ];
};
