/** Reads EXPLAIN's JSON. */

export type PlanNode = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Schema?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
};

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const sortedSet = (values: readonly string[]) => [...new Set(values)].sort();

export const indexesOf = (plan: PlanNode): readonly string[] =>
  sortedSet(nodesOf(plan).flatMap((node) => node['Index Name'] ?? []));

/** `schema.table`, unquoted; the plan must have been made with VERBOSE, or the schema is missing. */
export const sequentialScansOf = (plan: PlanNode): readonly string[] =>
  sortedSet(
    nodesOf(plan)
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .map((node) => [node.Schema, node['Relation Name']].filter(Boolean).join('.')),
  );

/** Schema and name of each table that the plan reads or would read, unquoted. */
export const tablesOf = (plan: PlanNode): readonly { readonly schema: string; readonly name: string }[] => [
  ...new Map(
    nodesOf(plan).flatMap(({ Schema: schema, 'Relation Name': name }) =>
      schema && name ? [[JSON.stringify([schema, name]), { schema, name }] as const] : [],
    ),
  ).values(),
];

/** True for SELECT … FOR UPDATE and its like, which PostgreSQL refuses in a read-only transaction. */
export const locksRows = (plan: PlanNode): boolean => nodesOf(plan).some((node) => node['Node Type'] === 'LockRows');
