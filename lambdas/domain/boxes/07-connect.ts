/** Step 7: hours after Step 4, whether it is still the same database, and whether the role may do what the statements need. */
import { count } from '#domain/count';
import {
  type Connection,
  connectionFaults,
  describeDoubts,
  type ExpectedTarget,
  stagingDoubts,
} from '#domain/environment/doubts';
import type { DatabaseIdentity, TargetRecord } from '#domain/environment/target';
import type { StagingMark } from '#domain/ledger/ledger';
import { failed, judgeOf, proved, type Room } from './room';

export type ConnectFacts = {
  readonly expected: ExpectedTarget;
  readonly record: TargetRecord;
  readonly identity: DatabaseIdentity;
  readonly mark: StagingMark | null;
  readonly connection: Connection;
  readonly privileges: readonly { readonly need: string; readonly held: boolean }[];
  /** From the schema of which the branch was made; missing in documents before it was compared. */
  readonly differences?: readonly string[];
};

const judge = judgeOf<ConnectFacts>();

/** The needs that the role does not hold. */
export const missingPrivileges = (privileges: ConnectFacts['privileges']): readonly string[] =>
  privileges.filter(({ held }) => !held).map(({ need }) => need);

export const connect: Room<7, ConnectFacts> = {
  '7.1': judge(['record', 'identity', 'mark', 'connection', 'expected'], (facts) => {
    const { record, identity } = facts;
    const doubts = stagingDoubts(facts);
    if (doubts.length > 0) return failed(describeDoubts(doubts), { record, mark: facts.mark });
    const faults = connectionFaults(facts);
    return faults.length > 0
      ? failed(faults.join('; '), { identity, host: facts.connection.host, pooled: facts.connection.pooled })
      : proved(
          `database "${identity.database}" on project ${record.projectId}, branch ${record.branchName} (${record.branchId})`,
          { identity, record },
        );
  }),
  '7.2': judge(['privileges', 'identity'], ({ privileges, identity: { user } }) => {
    const missing = missingPrivileges(privileges);
    return missing.length > 0
      ? failed(`role "${user}" lacks: ${missing.join(', ')}`, { privileges })
      : proved(`role "${user}" holds the ${count(privileges.length, 'privilege')} that the statements need`, {
          privileges,
        });
  }),
};
