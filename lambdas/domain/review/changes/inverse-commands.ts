/** Which ALTER TABLE command takes back which. */
import type { AlterTableType } from 'libpg-query';

/** Null: nothing has to be taken back. Commands that are not here are taken back by a command of their own kind. */
export const inverseCommands: Partial<Record<AlterTableType, readonly AlterTableType[] | null>> = {
  // Judged as created and dropped objects.
  AT_AddColumn: null,
  AT_AddConstraint: null,
  AT_DropColumn: ['AT_AddColumn'],
  AT_DropConstraint: ['AT_AddConstraint'],
  // A constraint that was added NOT VALID is dropped by the migration that added it.
  AT_ValidateConstraint: null,
  AT_SetNotNull: ['AT_DropNotNull'],
  AT_DropNotNull: ['AT_SetNotNull'],
  AT_AddIdentity: ['AT_DropIdentity'],
  AT_DropIdentity: ['AT_AddIdentity'],
  AT_DropExpression: ['AT_AddColumn'],
  AT_EnableRowSecurity: ['AT_DisableRowSecurity'],
  AT_DisableRowSecurity: ['AT_EnableRowSecurity'],
  AT_ForceRowSecurity: ['AT_NoForceRowSecurity'],
  AT_NoForceRowSecurity: ['AT_ForceRowSecurity'],
  AT_SetLogged: ['AT_SetUnLogged'],
  AT_SetUnLogged: ['AT_SetLogged'],
  AT_SetRelOptions: ['AT_ResetRelOptions', 'AT_SetRelOptions'],
  AT_ResetRelOptions: ['AT_SetRelOptions'],
  AT_SetOptions: ['AT_ResetOptions', 'AT_SetOptions'],
  AT_ResetOptions: ['AT_SetOptions'],
  AT_AttachPartition: ['AT_DetachPartition'],
  AT_DetachPartition: ['AT_AttachPartition'],
  AT_AddInherit: ['AT_DropInherit'],
  AT_DropInherit: ['AT_AddInherit'],
  AT_ClusterOn: ['AT_DropCluster', 'AT_ClusterOn'],
  AT_DropCluster: ['AT_ClusterOn'],
};

const phrases: Partial<Record<AlterTableType, string>> = {
  AT_AlterColumnType: 'ALTER COLUMN … TYPE',
  AT_ColumnDefault: 'ALTER COLUMN … SET or DROP DEFAULT',
  AT_SetNotNull: 'ALTER COLUMN … SET NOT NULL',
  AT_DropNotNull: 'ALTER COLUMN … DROP NOT NULL',
  AT_DropColumn: 'DROP COLUMN',
  AT_AddColumn: 'ADD COLUMN',
  AT_DropConstraint: 'DROP CONSTRAINT',
  AT_AddConstraint: 'ADD CONSTRAINT',
  AT_EnableTrig: 'ENABLE TRIGGER',
  AT_DisableTrig: 'DISABLE TRIGGER',
  AT_EnableAlwaysTrig: 'ENABLE ALWAYS TRIGGER',
  AT_EnableReplicaTrig: 'ENABLE REPLICA TRIGGER',
  AT_EnableTrigAll: 'ENABLE TRIGGER ALL',
  AT_DisableTrigAll: 'DISABLE TRIGGER ALL',
  AT_EnableTrigUser: 'ENABLE TRIGGER USER',
  AT_DisableTrigUser: 'DISABLE TRIGGER USER',
  AT_EnableRowSecurity: 'ENABLE ROW LEVEL SECURITY',
  AT_DisableRowSecurity: 'DISABLE ROW LEVEL SECURITY',
  AT_ForceRowSecurity: 'FORCE ROW LEVEL SECURITY',
  AT_NoForceRowSecurity: 'NO FORCE ROW LEVEL SECURITY',
  AT_ChangeOwner: 'OWNER TO',
  AT_ReplicaIdentity: 'REPLICA IDENTITY',
};

/** As people write it: the table above, else the parser's word taken apart (`AT_SetLogged` → `SET LOGGED`). */
export const phraseOf = (subtype: AlterTableType): string =>
  phrases[subtype] ??
  subtype
    .slice(3)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
