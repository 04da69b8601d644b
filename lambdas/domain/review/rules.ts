/** All rules, in the checklist's order. Each has examples in test/rules and a page in docs/rules. */
import type { Rule } from './rule';
import { indexBlocksWrites, lockHeldLong, scanUnderLock, tableRewrite } from './rules/blocking';
import {
  columnDropped,
  columnRequired,
  columnRetyped,
  constraintNarrows,
  nameChanged,
  objectDropped,
} from './rules/breaking-changes';
import { checkNeverRejects, primaryKeyDropped, primaryKeyMissing } from './rules/checks-and-keys';
import { changeWithoutWhere, codeUnseen, insertNotUndone, rowsTruncated } from './rules/data-changes';
import { dataTypeRules } from './rules/data-types';
import { purposeMissing, statementUncommented } from './rules/documentation';
import { foreignKeyWithoutIndex } from './rules/foreign-key-index';
import { foreignKeyTargetMissing, foreignKeyTypesDiffer, foreignKeyWithoutOnDelete } from './rules/foreign-keys';
import { hardCodedRules } from './rules/hard-coded';
import { indexDuplicate, indexRedundant } from './rules/index-conflicts';
import { nameNotSnakeCase, nameReserved, nameTooLong } from './rules/names';
import { lostWhenMadeAnew, privilegeRevoked, rowsHidden } from './rules/privileges';
import { reachesBeyondDatabase } from './rules/reach';
import { rollbackIrreversible, rollbackMissesChange } from './rules/rollback-changes';
import { rollbackCascades, rollbackDropsOtherObject, rollbackMissesObject } from './rules/rollback-objects';
import { triggersSwitchedOff } from './rules/settings';
import { timeoutOverridden } from './rules/timeouts';
import { createdAtMissing, updatedAtMissing, updatedAtUnmaintained } from './rules/timestamps';
import { constraintUnnamed, indexUnnamed } from './rules/unnamed';

export const rules: readonly Rule[] = [
  ...[rollbackMissesObject, rollbackMissesChange, rollbackDropsOtherObject, rollbackCascades, rollbackIrreversible],
  ...[purposeMissing, statementUncommented],
  ...hardCodedRules,
  foreignKeyWithoutIndex,
  ...[constraintUnnamed, indexUnnamed],
  ...[nameNotSnakeCase, nameReserved, nameTooLong],
  ...[foreignKeyTargetMissing, foreignKeyTypesDiffer, foreignKeyWithoutOnDelete, triggersSwitchedOff],
  ...dataTypeRules,
  checkNeverRejects,
  ...[createdAtMissing, updatedAtMissing, updatedAtUnmaintained],
  reachesBeyondDatabase,
  ...[indexDuplicate, indexRedundant, primaryKeyMissing],
  ...[columnDropped, columnRetyped, columnRequired, constraintNarrows, objectDropped, nameChanged],
  ...[lostWhenMadeAnew, privilegeRevoked, rowsHidden, primaryKeyDropped],
  ...[tableRewrite, scanUnderLock, indexBlocksWrites, lockHeldLong, timeoutOverridden],
  ...[changeWithoutWhere, rowsTruncated, insertNotUndone, codeUnseen],
];
