import { connect, missingPrivileges } from '#domain/boxes/07-connect';
import { requireDirectConnection, requireStaging, withoutPassword } from '#domain/environment/doubts';
import { VerificationFailed } from '#domain/errors';
import { privilegeNeeds } from '#domain/review/privilege-needs';
import type { Ports } from '#lambdas/ports/ports';
import { requireApproval } from '#lambdas/record/approval';
import { readPinnedMigration } from '#lambdas/record/pinned-migration';
import { withStepEvidence } from '#lambdas/record/with-evidence';
import { differencesFromBefore, refuseDifferences } from '#lambdas/rehearsal/as-before';
import type { RehearsalInput, StepOutput } from '#statemachine/contract';

const target = { branchId: 'target' } as const;

/** Hours may lie between Step 4 and this: the target is identified again, and its schema is still the one that was rehearsed. */
export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 7, connect, input, async (facts, earlier) => {
    const { database, platform } = ports;
    const expected = input.run.target;
    await requireApproval(ports, input.run, 'apply', null);
    facts.put('expected', expected);
    const record = await facts.observe('record', () => platform.describeTarget());
    const identity = await facts.observe('identity', () => database.identify(target));
    const mark = await facts.observe('mark', () => database.readMark(target));
    const connection = await facts.observe('connection', async () =>
      withoutPassword(await platform.connection(target)),
    );
    requireStaging({ record, mark, expected });
    requireDirectConnection({ connection, identity, record });

    const { migration } = await readPinnedMigration(ports.store, input.run);
    const privileges = await facts.observe('privileges', async () =>
      database.readPrivileges(target, privilegeNeeds(migration, await database.readDefaultSearchPath(target))),
    );
    const missing = missingPrivileges(privileges);
    if (missing.length > 0)
      throw new VerificationFailed(
        `role "${identity.user}" lacks ${missing.join(', ')}; grant it or use the owner's role`,
      );
    const differences = await differencesFromBefore(ports, earlier, await database.readCatalog(target));
    facts.put('differences', differences);
    refuseDifferences(differences);
    return {};
  });
