/** Another tool's table on the target: what it says has to agree with the ledger before a person is asked anything. */
import { chooseDoor, namedDoorOf, stateOf, tableNamesOf } from '#domain/doors/choose';
import { adoptedDoor, contradictions } from '#domain/doors/compare';
import { MigrationRefused } from '#domain/errors';
import type { OtherFolder } from '#domain/folders/others';
import type { LedgerEntry } from '#domain/ledger/ledger';
import type { NamedDoor } from '#domain/ledger/tool-row';
import type { Ports } from '#lambdas/ports/ports';

/** Null where no tool of the form has a table on the target. Errors: MigrationRefused when it contradicts the ledger. */
export const findDoor = async (
  { database }: Pick<Ports, 'database'>,
  { form, migrations }: OtherFolder,
  ledger: readonly LedgerEntry[],
): Promise<NamedDoor | null> => {
  const adopted = adoptedDoor(ledger);
  const names = [...new Set([...tableNamesOf(form), ...(adopted ? [adopted.table] : [])])];
  const tables = await database.readToolTables({ branchId: 'target' }, names);
  const found = chooseDoor(form, tables, adopted);
  if (!found) return null;
  const faults = contradictions(found, stateOf(found, migrations), ledger);
  if (faults.length > 0) throw new MigrationRefused(faults.join('; '));
  return namedDoorOf(found);
};
