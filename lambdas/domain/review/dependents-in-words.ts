/** Who and what depends on a migration's objects: in one clause, and as lists for a page. */
import { count } from '#domain/count';
import type { SeenSessions } from '#domain/environment/sessions';
import type { Listed } from '#domain/listed';
import { cutTo, onOneLine } from '#domain/text/visible';
import type { Dependents } from './dependents';

/** In one clause; the lists have the others. */
const mostNamed = 5;

const named = (names: readonly string[], all: number): string => {
  const shown = names.slice(0, mostNamed).map((name) => cutTo(onOneLine(name), 80));
  if (all === 0) return '';
  return ` (${[...shown, ...(all > shown.length ? [`and ${all - shown.length} more`] : [])].join(', ')})`;
};

const unique = (names: readonly string[]) => [...new Set(names)];

/** Counted among those that are listed; there are at least as many. */
const countOf = <T>(list: Listed<T>, names: readonly string[], one: string, many?: string) => {
  const isCut = list.count > list.first.length;
  return `${isCut ? 'at least ' : ''}${count(names.length, one, many)}${named(names, names.length)}`;
};

/** A session without a name is known by its role. */
const applicationsOf = ({ groups }: SeenSessions) =>
  unique(groups.first.map(({ application, role }) => application || `role ${role}, without a name`));

/** `2 roles with privileges (app, reporting); sessions of 1 application (orders-api); 1 dependent object (view public.open)`. */
export const dependentsInWords = ({ privileges, dependents }: Dependents, sessions: SeenSessions): string => {
  const roles = unique(privileges.first.map(({ role }) => role));
  const what = unique(dependents.first.map((one) => one.what));
  return [
    countOf(privileges, roles, 'role with privileges', 'roles with privileges'),
    `sessions of ${countOf(sessions.groups, applicationsOf(sessions), 'application')}`,
    countOf(dependents, what, 'dependent object'),
  ].join('; ');
};

/** Name and text of each entry; what is said where there is none, and how many are left out. */
export type DependentsList = {
  readonly title: string;
  readonly note: string | null;
  readonly rows: readonly (readonly [name: string, text: string])[];
  readonly left: number;
  readonly none: string;
};

const listOf = <T>(
  title: string,
  { count: all, first }: Listed<T>,
  row: (item: T) => readonly [string, string],
  none: string,
  note: string | null = null,
): DependentsList => ({ title, note, none, rows: first.map(row), left: all - first.length });

const membersInWords = ({ first, count: all }: Listed<string>) =>
  `${first.join(', ')}${all > first.length ? ` and ${all - first.length} more` : ''}`;

const sinceInWords = (since: string | null, askedBy: string) =>
  since === null ? `since when is not shown to role ${askedBy}` : `the oldest since ${since}`;

const ownInWords = ({ own }: SeenSessions) =>
  own === 0 ? 'none of ours beside the one that asked' : `${count(own, 'session')} of ours not among them`;

/** In the order in which a person reads them. */
export const dependentsLists = (dependents: Dependents, sessions: SeenSessions): readonly DependentsList[] => [
  listOf(
    'What the migration changes',
    dependents.changed,
    (title) => [title, ''],
    'No object that was there before.',
    dependents.unreadLines.length > 0
      ? `What the code in line ${dependents.unreadLines.join(', ')} changes is not among them: the review cannot read it.`
      : null,
  ),
  listOf(
    'Sessions on the target',
    sessions.groups,
    ({ application, role, count: number, since }) => [
      application || 'without an application name',
      `role ${role}, ${count(number, 'session')}, ${sinceInWords(since, sessions.askedBy)}`,
    ],
    'Nobody else was connected.',
    `As the server showed them at ${sessions.at}, ${ownInWords(sessions)}. A service that was not connected at that moment is not here.`,
  ),
  listOf(
    'Roles with privileges',
    dependents.privileges,
    ({ role, on, privileges }) => [role, `${on}: ${privileges.join(', ') || 'everything, as its owner'}`],
    'None.',
    'On these objects, their columns, and the views over them.',
  ),
  listOf('Members of these roles', dependents.members, ({ role, members }) => [role, membersInWords(members)], 'None.'),
  listOf('Roles that need no privilege', dependents.everywhere, ({ role, because }) => [role, because], 'None.'),
  listOf(
    'Dependent objects',
    dependents.dependents,
    ({ what, on }) => [what, `on ${on}`],
    'None that the catalog knows.',
    'Views and functions are found by name in their definitions: one may be listed that only has the same word, and SQL that is put together while it runs is not found.',
  ),
];
