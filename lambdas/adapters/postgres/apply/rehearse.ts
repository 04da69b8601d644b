/** Runs statements on a branch, each phase of a rehearsal exactly once: what was measured is committed with them. */

import type { StatementRun } from '#domain/dry-run/measured';
import type { RehearsalPhase } from '#domain/dry-run/phase';
import { isFromMiddle } from '#domain/dry-run/phase';
import type { SqlStatement } from '#domain/migration/migration';
import type { StatementLimits } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { runUnits } from './run-units';

/**
 * Runs the statements unit by unit, and commits. A phase that was committed before is not run again, its measurements are
 * returned: whoever was killed in the middle of a rehearsal starts it again. Errors as runUnits.
 */
export const rehearse = async (
  connection: ConnectionSettings,
  phase: RehearsalPhase,
  statements: readonly SqlStatement[],
  limits: StatementLimits,
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
      purpose: `the rehearsal cannot go on with ${phase} now`,
      settled: async () => null,
      finish: async () => true,
    })
  ).statements;
