/** ENABLE and DISABLE TRIGGER, followed through a file and its rollback: only what stays switched is a change. */
import type { AlterTableType } from 'libpg-query';
import type { ReviewContext } from '../context';
import type { CommandChange } from './change';

type Switch = { readonly state: string; readonly reaches: 'one' | 'user' | 'all' };

const switches: Partial<Record<AlterTableType, Switch>> = {
  AT_EnableTrig: { state: 'enabled', reaches: 'one' },
  AT_EnableAlwaysTrig: { state: 'always', reaches: 'one' },
  AT_EnableReplicaTrig: { state: 'replica', reaches: 'one' },
  AT_DisableTrig: { state: 'disabled', reaches: 'one' },
  AT_EnableTrigUser: { state: 'enabled', reaches: 'user' },
  AT_DisableTrigUser: { state: 'disabled', reaches: 'user' },
  AT_EnableTrigAll: { state: 'enabled', reaches: 'all' },
  AT_DisableTrigAll: { state: 'disabled', reaches: 'all' },
};

export const isTriggerSwitch = ({ command }: CommandChange): boolean =>
  command.subtype !== undefined && command.subtype in switches;

/** The triggers by which PostgreSQL keeps foreign keys: only ALL reaches them. */
const internal = 'of foreign keys';

/** By trigger's name: what its table's commands leave it at. */
const statesAfter = (before: ReadonlyMap<string, string>, commands: readonly CommandChange[]) => {
  const states = new Map(before);
  for (const { command } of commands) {
    const { state, reaches } = switches[command.subtype as AlterTableType] ?? { state: '', reaches: 'one' };
    const reached = [...states.keys()].filter((name) => reaches === 'all' || name !== internal);
    for (const name of reaches === 'one' ? [command.name ?? ''] : reached) states.set(name, state);
  }
  return states;
};

const triggersBefore = ({ objects }: ReviewContext, table: string): readonly (readonly [string, string])[] =>
  objects
    .filter(({ kind, name }) => kind === 'trigger' && name.startsWith(`${table}.`))
    .map(({ name, object }) => [name.slice(table.length + 1), String(object.definition['enabled'] ?? 'enabled')]);

/** Stands for the triggers of a database that is not known. */
const anyTrigger = 'others';

/** The last command of each kind of switch on existing tables whose effect is still there after the rollback. */
export const lastingSwitches = (context: ReviewContext): readonly CommandChange[] => {
  const { changes, rollback } = context;
  const isKnown = context.up.end.isComplete;
  const switched = changes.commands.filter((change) => !change.isNewTable && isTriggerSwitch(change));
  return [...new Set(switched.map(({ table }) => table))].flatMap((table) => {
    const made = new Set(changes.triggers.filter((one) => one.table === table).map(({ name }) => name));
    const up = switched.filter((change) => change.table === table);
    const down = rollback.commands.filter((change) => change.table === table && isTriggerSwitch(change));
    const named = [...up, ...down].flatMap(({ command }) => (command.name ? [[command.name, 'enabled'] as const] : []));
    const before = new Map([
      ...(isKnown ? [internal] : [internal, anyTrigger]).map((name) => [name, 'enabled'] as const),
      ...named,
      ...triggersBefore(context, table),
    ]);
    const after = statesAfter(before, [...up, ...down]);
    const lasting = [...before.keys()].filter((name) => !made.has(name) && after.get(name) !== before.get(name));
    const lastOf = (name: string) =>
      up.filter(({ command }) => {
        const { reaches } = switches[command.subtype as AlterTableType] ?? { reaches: 'one' };
        return reaches === 'one' ? command.name === name : reaches === 'all' || name !== internal;
      });
    return [...new Set(lasting.flatMap((name) => lastOf(name).slice(-1)))];
  });
};
