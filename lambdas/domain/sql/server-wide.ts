/** Statements whose effect is not in one database: roles, settings of the server, other databases. */
import type { Node } from 'libpg-query';
import { nodeOf, walk } from './syntax';

const kinds: Readonly<Record<string, string>> = {
  CreateRoleStmt: 'CREATE ROLE',
  AlterRoleStmt: 'ALTER ROLE',
  AlterRoleSetStmt: 'ALTER ROLE … SET',
  DropRoleStmt: 'DROP ROLE',
  GrantRoleStmt: 'GRANT or REVOKE of a role',
  DropOwnedStmt: 'DROP OWNED',
  ReassignOwnedStmt: 'REASSIGN OWNED',
  AlterSystemStmt: 'ALTER SYSTEM',
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  AlterDatabaseStmt: 'ALTER DATABASE',
  AlterDatabaseSetStmt: 'ALTER DATABASE … SET',
  AlterDatabaseRefreshCollStmt: 'ALTER DATABASE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterTableSpaceOptionsStmt: 'ALTER TABLESPACE',
  CreateSubscriptionStmt: 'CREATE SUBSCRIPTION',
  AlterSubscriptionStmt: 'ALTER SUBSCRIPTION',
  DropSubscriptionStmt: 'DROP SUBSCRIPTION',
};

/** What a statement that is about the server by its kind alone is called; null for all others. */
export const serverWideName = (node: Node): string | null => kinds[Object.keys(node)[0] ?? ''] ?? null;

const sharedObjects = [
  'OBJECT_ROLE',
  'OBJECT_DATABASE',
  'OBJECT_TABLESPACE',
  'OBJECT_PARAMETER_ACL',
  'OBJECT_SUBSCRIPTION',
];

/** Of RENAME, OWNER TO, COMMENT, SECURITY LABEL and GRANT, the kind of what it is about. */
const objectOf = (node: Node): string | undefined =>
  nodeOf(node, 'RenameStmt')?.renameType ??
  nodeOf(node, 'AlterOwnerStmt')?.objectType ??
  nodeOf(node, 'CommentStmt')?.objtype ??
  nodeOf(node, 'SecLabelStmt')?.objtype ??
  nodeOf(node, 'GrantStmt')?.objtype;

// A DO block carries its code as text. What that puts together at run time is not seen.
const inCode = new RegExp(
  [
    String.raw`\b(?:create|alter|drop)\s+(?:role|user(?!\s+mapping)|group|database|tablespace|subscription)\b`,
    String.raw`\balter\s+system\b|\b(?:drop|reassign)\s+owned\b`,
    String.raw`\bcomment\s+on\s+(?:role|database|tablespace|subscription)\b`,
    String.raw`\b(?:grant|revoke)\s[^;]*?\son\s+(?:database|tablespace|parameter)\b`,
    // Of a role, which no ON stands in.
    String.raw`\b(?:grant|revoke)\s+(?:admin\s+option\s+for\s+)?(?:"[^"]+"|\w+)(?:\s*,\s*(?:"[^"]+"|\w+))*\s+(?:to|from)\b`,
  ].join('|'),
  'i',
);

const codeIn = (node: Node): string | null => {
  let found: string | null = null;
  walk({ DoStmt: nodeOf(node, 'DoStmt') }, (kind, content) => {
    if (kind === 'String') found ??= inCode.exec(String(content['sval']))?.[0] ?? null;
  });
  return found;
};

/** What the first such statement is called, with its line; null when all that the script changes is in its database. */
export const serverWideIn = (
  pieces: readonly { readonly nodes: readonly Node[]; readonly line: number }[],
): { readonly what: string; readonly line: number } | null => {
  for (const { nodes, line } of pieces)
    for (const node of nodes) {
      const shared = sharedObjects.includes(objectOf(node) ?? '')
        ? `a statement about a ${words(objectOf(node))}`
        : null;
      const what = serverWideName(node) ?? shared ?? codeIn(node);
      if (what) return { what, line };
    }
  return null;
};

const words = (objectType: string | undefined) =>
  (objectType ?? '').replace('OBJECT_', '').replaceAll('_', ' ').toLowerCase();
