import { checkConnection, checkStaging } from '#domain/boxes/04-environment-check';
import { count } from '#domain/count';
import { TargetIsNotStaging, VerificationFailed } from '#domain/errors';
import { privilegeNeeds } from '#domain/review/privilege-needs';
import type { Ports } from '#lambdas/ports/ports';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import type { RehearsalInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

/** Hours may lie between Step 4 and this: the target is identified anew. */
export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 7, input, async (notes) => {
    const { database, platform } = ports;
    const record = await notes.expecting(['7.1'], () => platform.describeTarget());
    const identity = await notes.expecting(['7.1'], () => database.identify(target));
    const judged = [
      checkStaging(record, await database.readMark(target), input.run.target),
      checkConnection(await platform.connection(target), identity, record),
    ];
    const wrong = judged.find(({ answer }) => answer === 'failed');
    if (wrong) {
      notes.fail('7.1', wrong.reason, wrong.facts);
      throw new TargetIsNotStaging(wrong.reason);
    }
    notes.prove(
      '7.1',
      `database "${identity.database}" on project ${record.projectId}, branch ${record.branchName} (${record.branchId})`,
      { identity, record },
    );

    const { migration } = await readPinnedMigration(ports.store, input.run);
    const privileges = await database.checkPrivileges(target, privilegeNeeds(migration));
    const missing = privileges.filter(({ held }) => !held).map(({ need }) => need);
    if (missing.length > 0) {
      notes.fail('7.2', `role "${identity.user}" lacks: ${missing.join(', ')}`, { privileges });
      throw new VerificationFailed(
        `role "${identity.user}" lacks ${missing.join(', ')}; grant it or use the owner's role`,
      );
    }
    notes.prove(
      '7.2',
      `role "${identity.user}" holds the ${count(privileges.length, 'privilege')} that the statements need`,
      {
        privileges,
      },
    );
    return {};
  });
