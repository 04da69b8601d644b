/** Step 10: whether what the migration makes refuses what it should, on the target itself. */
import type { Catalog } from '#domain/catalog/catalog';
import type { ChecksFile } from '#domain/checks/checks';
import { type ChecksOutcome, judgeTests, type TestedBox } from './declared-tests';
import { type Artifact, type Judge, judgeOf, type Room } from './room';

export type TestConstraintsFacts = {
  readonly checks: Artifact<ChecksFile> | null;
  readonly catalogBefore: Artifact<Catalog>;
  readonly catalogAfter: Artifact<Catalog>;
  readonly tests: ChecksOutcome;
};

const tested = (box: TestedBox): Judge<TestConstraintsFacts> =>
  judgeOf<TestConstraintsFacts>()(['checks', 'tests', 'catalogBefore', 'catalogAfter'], (facts) =>
    judgeTests(box, facts),
  );

export const testConstraints: Room<10, TestConstraintsFacts, '9.5'> = {
  '10.1': tested('10.1'),
  '10.2': tested('10.2'),
  '10.3': tested('10.3'),
  '10.4': tested('10.4'),
  '9.5': tested('9.5'),
};
