/** The port Database on any PostgreSQL server, one file per subject behind it. */
import type { Database, DatabaseAddress } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import { applyMigration } from './apply/apply-migration';
import { readPreparedTransactions, withWatchedSession } from './apply/blocking-sessions';
import { establishOutcome } from './apply/establish-outcome';
import { endInTheWay, readInTheWay, readWithheld } from './apply/in-the-way';
import { rehearse } from './apply/rehearse';
import { rollBack } from './apply/roll-back';
import { readCatalog } from './catalog/read-catalog';
import type { BindSaved } from './checks/check-statement';
import { runChecks } from './checks/checks-runner';
import { explainQueries } from './checks/query-explainer';
import { readDefaultSearchPath } from './default-search-path';
import { readToolTables } from './doors/tool-tables';
import { readOutsideTables } from './outside-tables';
import { adopt } from './own-schema/adopt';
import { identify, readMark } from './own-schema/identity-and-mark';
import { acquireLease, releaseLease, requireFreeTarget } from './own-schema/lease';
import { readLedger, recordFingerprint } from './own-schema/ledger';
import { readTargetState, settle } from './own-schema/settle';
import { recordEnd, recordSignOff } from './own-schema/version-states';
import { readPrivileges } from './privileges';
import { dropScratch, scratchNameOf } from './scratch/scratch-database';
import { readServerState } from './server-state';
import { withOwnSession } from './session/session';
import { readSessions } from './sessions';
import { readTableContents } from './table-contents';
import { estimateTableStatistics, readDatabaseSize, readTableStatistics } from './table-statistics';
import { proveWayBack } from './way-back/prove-way-back';

/**
 * `connection` is asked at every call, so that no credential outlives its use; `bindSaved` puts values that a test saved into
 * its later statements.
 */
export const createPostgresDatabase = ({
  connection,
  bindSaved,
}: {
  readonly connection: (address: DatabaseAddress) => Promise<ConnectionSettings>;
  readonly bindSaved: BindSaved;
}): Database => ({
  identify: async (address) => identify(await connection(address)),
  readMark: async (address) => readMark(await connection(address)),
  readToolTables: async (address, names) => readToolTables(await connection(address), names),
  adopt: async (address, adoption) => adopt(await connection(address), adoption),
  readLedger: async (address) => readLedger(await connection(address)),
  establishOutcome: async (address, migration, endsLease) =>
    establishOutcome(await connection(address), migration, undefined, endsLease),
  recordFingerprint: async (address, version, fingerprint) =>
    recordFingerprint(await connection(address), version, fingerprint),
  readTargetState: async (address) => readTargetState(await connection(address)),
  settle: async (address, run, decision) => settle(await connection(address), run, decision),
  recordSignOff: async (address, run, witness) => recordSignOff(await connection(address), run, witness),
  recordEnd: async (address, run, record) => recordEnd(await connection(address), run, record),
  requireFreeTarget: async (address, run) => requireFreeTarget(await connection(address), run),
  acquireLease: async (address, lease) => acquireLease(await connection(address), lease),
  releaseLease: async (address, run) => releaseLease(await connection(address), run),
  dropScratches: async (address, names) =>
    withOwnSession(await connection(address), async (session) => {
      for (const name of names) await dropScratch(session, scratchNameOf(name));
    }),
  readCatalog: async (address) => withWatchedSession(await connection(address), readCatalog),
  readDefaultSearchPath: async (address) => readDefaultSearchPath(await connection(address)),
  readPreparedTransactions: async (address) => readPreparedTransactions(await connection(address)),
  readInTheWay: async (address, locks) => readInTheWay(await connection(address), locks),
  readWithheld: async (address) => readWithheld(await connection(address)),
  endInTheWay: async (address, locks, sessions) => endInTheWay(await connection(address), locks, sessions),
  readTableStatistics: async (address) => readTableStatistics(await connection(address)),
  estimateTableStatistics: async (address) => estimateTableStatistics(await connection(address)),
  readDatabaseSize: async (address) => readDatabaseSize(await connection(address)),
  readServerState: async (address) => readServerState(await connection(address)),
  readSessions: async (address) => readSessions(await connection(address)),
  readTableContents: async (address) => readTableContents(await connection(address)),
  readOutsideTables: async (address) => readOutsideTables(await connection(address)),
  readPrivileges: async (address, needs) => readPrivileges(await connection(address), needs),
  writeWayBack: async (address, before, statementTimeoutMs) =>
    proveWayBack(await connection(address), before, statementTimeoutMs),
  rehearse: async (address, phase, statements, limits, door) =>
    rehearse(await connection(address), phase, statements, limits, door),
  applyMigration: async (address, plan) => applyMigration(await connection(address), plan),
  rollBack: async (address, plan) => rollBack(await connection(address), plan),
  runChecks: async (address, checks) => runChecks(await connection(address), checks, bindSaved),
  explainQueries: async (address, queries) => explainQueries(await connection(address), queries),
});
