/** Runs statements on a branch, each phase of a rehearsal exactly once: the measurements are committed with them. */
import type { DoorWork } from '#domain/doors/choose';
import type { StatementRun } from '#domain/dry-run/measured';
import type { RehearsalPhase } from '#domain/dry-run/phase';
import { goesBack, isFromMiddle } from '#domain/dry-run/phase';
import type { SqlStatement } from '#domain/migration/migration';
import type { StatementLimits } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { removeToolRow, writeToolRow } from '../doors/tool-row';
import { runUnits } from './run-units';

/**
 * Runs the statements unit by unit, and commits. For a phase that was committed before it returns the stored measurements:
 * a process that was killed during a rehearsal starts the rehearsal again. Errors as runUnits.
 */
export const rehearse = async (
  connection: ConnectionSettings,
  phase: RehearsalPhase,
  statements: readonly SqlStatement[],
  limits: StatementLimits,
  door: DoorWork | undefined,
): Promise<readonly StatementRun[]> =>
  (
    await runUnits(connection, {
      // A branch has one rehearsal, and goes with it.
      runId: 'rehearsal',
      version: '',
      phase,
      statements,
      limits,
      exactCounts: true,
      isFromMiddle: isFromMiddle(phase),
      keepsSinglePoint: true,
      purpose: `the rehearsal cannot continue with ${phase} now`,
      door,
      settled: async () => null,
      finish: async (session, durationMs) => {
        if (door && goesBack(phase)) await removeToolRow(session, door);
        else if (door) await writeToolRow(session, door, durationMs);
        return true;
      },
    })
  ).statements;
