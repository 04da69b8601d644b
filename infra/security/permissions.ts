/** What each role may do and why, as tables. */
import { type Grant, reasonsKey } from '../grant';
import { ofType, type TemplateResources } from './template-resource';
import { code, readable, table, withoutHash } from './wording';

type Row = readonly string[];

const head = ['actions', 'resources', 'why'];

const rowOf = ({ actions, resources, reason }: Grant): Row => [
  code(actions),
  resources.map(readable).join(', '),
  reason,
];

/** Two ports may need the same. */
const withoutDoubles = (rows: readonly Row[]): readonly Row[] => [
  ...new Map(rows.map((row) => [row.join('|'), row])).values(),
];

const rolesOf = (resources: TemplateResources) =>
  ofType(resources, 'AWS::IAM::Role').map(([id, { Metadata }]) => ({
    name: withoutHash(id).replace(/Role$/, ''),
    rows: withoutDoubles(((Metadata?.[reasonsKey] ?? []) as readonly Grant[]).map(rowOf)),
  }));

const otherTitles: Readonly<Record<string, string>> = {
  Workflow: 'The state machine',
  SampleSchedule: 'The schedules',
};

/** Functions that may do the same share a section. */
const groupAlike = (functions: ReturnType<typeof rolesOf>, shared: readonly Row[]) => {
  const isShared = (row: Row) => shared.some((one) => one.join('|') === row.join('|'));
  const groups = new Map<string, string[]>();
  for (const { name, rows } of functions) {
    const own = rows.filter((row) => !isShared(row));
    const body = own.length > 0 ? table(head, own) : 'Nothing beyond that.';
    groups.set(body, [...(groups.get(body) ?? []), name]);
  }
  return [...groups].map(([body, names]) => `### ${names.join(', ')}\n\n${body}`);
};

export const permissionSections = (resources: TemplateResources): readonly string[] => {
  const roles = rolesOf(resources);
  const functions = roles.filter(({ name }) => !(name in otherTitles));
  const everywhere = (row: Row) => functions.every(({ rows }) => rows.some((one) => one.join('|') === row.join('|')));
  const shared = (functions[0]?.rows ?? []).filter(everywhere);
  const others = roles.filter(({ name }) => name in otherTitles);
  return [
    `## Every function\n\n${table(head, shared)}`,
    '## Each function, beyond that',
    ...groupAlike(functions, shared),
    ...others.map(({ name, rows }) => `## ${otherTitles[name]}\n\n${table(head, rows)}`),
  ];
};
