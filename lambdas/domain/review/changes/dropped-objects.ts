/** The objects that statements take away. */
import type { Node, ObjectType } from 'libpg-query';
import type { SqlStatement } from '#domain/migration/migration';
import { nodeOf, nodesOf, qualified, stringsOf } from '#domain/sql/syntax';
import type { Changes } from './change';

export type DroppedObject = {
  /** As in SchemaObject; domains are types, procedures and aggregates are functions. */
  readonly kind: string;
  readonly identity: string;
  readonly cascades: boolean;
  readonly line: number;
};

type Form = 'relation' | 'routine' | 'type' | 'plain' | 'on table';

const droppable: Partial<Record<ObjectType, readonly [kind: string, form: Form]>> = {
  OBJECT_TABLE: ['table', 'relation'],
  OBJECT_FOREIGN_TABLE: ['foreign table', 'relation'],
  OBJECT_VIEW: ['view', 'relation'],
  OBJECT_MATVIEW: ['materialized view', 'relation'],
  OBJECT_INDEX: ['index', 'relation'],
  OBJECT_SEQUENCE: ['sequence', 'relation'],
  OBJECT_STATISTIC_EXT: ['statistics', 'relation'],
  OBJECT_COLLATION: ['collation', 'relation'],
  OBJECT_TSCONFIGURATION: ['text search configuration', 'relation'],
  OBJECT_TSDICTIONARY: ['text search dictionary', 'relation'],
  OBJECT_TSPARSER: ['text search parser', 'relation'],
  OBJECT_TSTEMPLATE: ['text search template', 'relation'],
  OBJECT_FUNCTION: ['function', 'routine'],
  OBJECT_PROCEDURE: ['function', 'routine'],
  OBJECT_ROUTINE: ['function', 'routine'],
  OBJECT_AGGREGATE: ['function', 'routine'],
  OBJECT_OPERATOR: ['operator', 'routine'],
  OBJECT_TYPE: ['type', 'type'],
  OBJECT_DOMAIN: ['type', 'type'],
  OBJECT_SCHEMA: ['schema', 'plain'],
  OBJECT_EXTENSION: ['extension', 'plain'],
  OBJECT_PUBLICATION: ['publication', 'plain'],
  OBJECT_EVENT_TRIGGER: ['event trigger', 'plain'],
  OBJECT_FDW: ['foreign data wrapper', 'plain'],
  OBJECT_FOREIGN_SERVER: ['server', 'plain'],
  OBJECT_TRIGGER: ['trigger', 'on table'],
  OBJECT_POLICY: ['policy', 'on table'],
  OBJECT_RULE: ['rule', 'on table'],
};

const identities: Readonly<Record<Form, (object: Node) => string>> = {
  relation: (object) => qualified(stringsOf(nodeOf(object, 'List')?.items)),
  routine: (object) => qualified(stringsOf(nodeOf(object, 'ObjectWithArgs')?.objname)),
  type: (object) => qualified(stringsOf(nodeOf(object, 'TypeName')?.names)),
  plain: (object) => nodeOf(object, 'String')?.sval ?? '',
  'on table': (object) => {
    const parts = stringsOf(nodeOf(object, 'List')?.items);
    return `${qualified(parts.slice(0, -1))}.${parts.at(-1)}`;
  },
};

const droppedBy = (statement: SqlStatement): readonly DroppedObject[] => {
  const drop = nodeOf(statement.node, 'DropStmt');
  const known = drop?.removeType && droppable[drop.removeType];
  const roles = nodesOf(nodeOf(statement.node, 'DropRoleStmt')?.roles, 'RoleSpec');
  return [
    ...(known ? (drop.objects ?? []) : []).map((object) => ({
      kind: known?.[0] ?? '',
      identity: identities[known?.[1] ?? 'plain'](object),
      cascades: drop?.behavior === 'DROP_CASCADE',
      line: statement.line,
    })),
    ...roles.map(({ rolename = '' }) => ({ kind: 'role', identity: rolename, cascades: false, line: statement.line })),
  ];
};

const elementKinds: Readonly<Record<string, string>> = { AT_DropColumn: 'column', AT_DropConstraint: 'constraint' };

/** Everything the statements drop, ALTER TABLE … DROP included. */
export const droppedObjects = (statements: readonly SqlStatement[], changes: Changes): readonly DroppedObject[] => [
  ...statements.flatMap(droppedBy),
  ...changes.commands.flatMap(({ table, command, line }) => {
    const kind = elementKinds[command.subtype ?? ''];
    const cascades = command.behavior === 'DROP_CASCADE';
    return kind ? [{ kind, identity: `${table}.${command.name ?? ''}`, cascades, line }] : [];
  }),
];
