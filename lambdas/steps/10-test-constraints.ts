import type { RehearsalInput, StepOutput } from '../../statemachine/contract';
import type { Catalog } from '../domain/catalog/catalog';
import { VerificationFailed } from '../domain/errors';
import { judgeChecks } from '../domain/migration/judge-checks';
import { readReferenced, withStepEvidence } from '../evidence';
import { readPinnedMigration } from '../pinned-migration';
import type { Ports } from '../ports';

export const run = (input: RehearsalInput, ports: Ports): Promise<StepOutput> =>
  withStepEvidence(ports, 10, input, async (notes) => {
    const { checks } = await readPinnedMigration(ports.store, input.run);
    const before = await readReferenced<Catalog>(ports.store, input.rehearsal.catalogBefore);
    const after = await readReferenced<Catalog>(ports.store, input.rehearsal.catalogAfter);
    const tests = checks?.tests ?? [];
    const outcome = await notes.expecting(['10.1', '10.2', '10.3', '10.4'], () =>
      ports.database.runChecks({ branchId: 'target' }, tests),
    );
    const { boxes, failures } = judgeChecks({ before, after, declared: tests, outcome });
    notes.fact('tests', outcome.results);
    notes.take(boxes);
    if (failures.length > 0) throw new VerificationFailed(`constraint tests failed: ${failures.join('; ')}`);
    return {};
  });
