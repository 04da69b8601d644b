/** How a box is answered: by the software, by a person on the approval page, or by the software where the input allows. */
export type ProofKind = 'proved' | 'attested' | 'proved or attested';

const box = <const Id extends string>(id: Id, label: string, how: ProofKind = 'proved') => ({ id, label, how });

const step = <const Number extends number, const Boxes extends readonly unknown[]>(
  number: Number,
  slug: string,
  title: string,
  ...boxes: Boxes
) => ({ number, slug, title, boxes });

const steps = [
  step(
    1,
    'code-review',
    'Code review',
    box('1.1', 'the change is in a pull request', 'proved or attested'),
    box('1.2', 'file name is <version>_<description>.sql'),
    box('1.3', 'SQL is valid'),
    box('1.4', "rollback is in the file's comments"),
    box('1.5', 'documented inline'),
    box('1.6', 'no hard-coded values'),
    box('1.7', 'foreign keys and frequent queries have indexes'),
    box('1.8', 'constraints have explicit names'),
  ),
  step(
    2,
    'schema-validation',
    'Schema validation',
    box('2.1', 'compared with the ER diagram', 'proved or attested'),
    box('2.2', 'names are snake_case'),
    box('2.3', 'foreign keys are right'),
    box('2.4', 'data types fit'),
    box('2.5', 'created_at and updated_at where needed'),
    box('2.6', 'unique constraints and indexes do not conflict'),
  ),
  step(
    3,
    'impact-analysis',
    'Impact analysis',
    box('3.1', 'affected tables identified'),
    box('3.2', 'breaking changes to contracts'),
    box('3.3', 'dependent services listed', 'proved or attested'),
    box('3.4', 'execution time estimated'),
    box('3.5', 'no operation that causes downtime'),
    box('3.6', 'data migration need checked'),
  ),
  step(
    4,
    'environment-check',
    'Environment check',
    box('4.1', 'target is staging'),
    box('4.2', 'connection string is right'),
    box('4.3', 'current schema version known'),
    box('4.4', 'enough disk space'),
  ),
  step(
    5,
    'backup-database',
    'Back up database',
    box('5.1', 'backup made'),
    box('5.2', 'size verified: restored and compared'),
    box('5.3', 'location documented'),
  ),
  step(
    6,
    'dry-run',
    'Dry run',
    box('6.1', 'dry run done'),
    box('6.2', 'no errors'),
    box('6.3', 'schema looks right', 'proved or attested'),
  ),
  step(7, 'connect', 'Connect', box('7.1', 'right database'), box('7.2', 'enough privileges')),
  step(
    8,
    'apply-migration',
    'Apply migration',
    box('8.1', 'ran without errors'),
    box('8.2', 'committed or rolled back'),
    box('8.3', 'execution time recorded'),
  ),
  step(
    9,
    'verify-schema',
    'Verify schema',
    box('9.1', 'expected tables exist'),
    box('9.2', 'column types right'),
    box('9.3', 'indexes created'),
    box('9.4', 'constraints active'),
    box('9.5', 'triggers work'),
  ),
  step(
    10,
    'test-constraints',
    'Test constraints',
    box('10.1', 'uniqueness and idempotency enforced'),
    box('10.2', 'approval (not null, foreign key, check) enforced'),
    box('10.3', 'append-only and other trigger rules enforced'),
    box('10.4', 'test data cleaned up'),
  ),
  step(
    11,
    'performance-check',
    'Performance check',
    box('11.1', 'queries use indexes'),
    box('11.2', 'simple queries under 100 ms'),
  ),
  step(
    12,
    'application-integration',
    'Application integration',
    box('12.1', 'integration tests pass'),
    box('12.2', 'API connects to the database'),
    box('12.3', 'no runtime errors'),
  ),
  step(
    13,
    'test-rollback',
    'Test rollback',
    box('13.1', 'rollback ran without errors'),
    box('13.2', 'every change reverted'),
    box('13.3', 'no orphaned objects'),
  ),
  step(
    14,
    'update-documentation',
    'Update documentation',
    box('14.1', 'entry in docs/decisions.md'),
    box('14.2', "schema version in the project's documents"),
    box('14.3', 'marked as applied'),
  ),
  step(
    15,
    'notify-team',
    'Notify team',
    box('15.1', 'message posted'),
    box('15.2', 'message has description, time, warnings, next steps'),
  ),
  step(
    16,
    'monitor',
    'Monitor',
    box('16.1', 'connections and query time watched'),
    box('16.2', 'application log errors watched'),
    box('16.3', 'slow queries watched'),
    box('16.4', 'pool exhaustion watched'),
  ),
] as const;

type LiteralStep = (typeof steps)[number];

/** 1 to 16. */
export type StepNumber = LiteralStep['number'];

/** `1.1` to `16.4`: nothing else compiles. */
export type BoxId = LiteralStep['boxes'][number]['id'];

/** The boxes of one step: `BoxOf<6>` is `'6.1' | '6.2' | '6.3'`. */
export type BoxOf<Number extends StepNumber> = Extract<LiteralStep, { readonly number: Number }>['boxes'][number]['id'];

export type Box = { readonly id: BoxId; readonly label: string; readonly how: ProofKind };

export type Step = {
  /** 1–16, the checklist's order; the flow runs Step 13 before Step 7. */
  readonly number: StepNumber;
  /** kebab-case; the file, the function, the room and the evidence are named after it. */
  readonly slug: string;
  readonly title: string;
  readonly boxes: readonly Box[];
};

/**
 * The checklist: 16 steps, 61 boxes. Ids are stable: reports, code and tests use them. Step 6 is gathered in
 * `lambdas/steps/06-dry-run.ts`, judged in `lambdas/domain/boxes/06-dry-run.ts` and kept in `runs/<runId>/06-dry-run.json`.
 */
export const checklist: readonly Step[] = steps;

const twoDigits = (number: number) => String(number).padStart(2, '0');

const pascal = (slug: string) =>
  slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** The step's name as the file, the function, the state and the evidence spell it. */
export const namesOf = (of: Step) => ({
  /** Basename in lambdas/steps and of the evidence document, without extension. */
  file: `${twoDigits(of.number)}-${of.slug}`,
  functionName: pascal(of.slug),
  stateName: `Step ${of.number}: ${of.title}`,
  substitution: `${pascal(of.slug)}Arn`,
});

/** The boxes of the step whose evidence document has this name; empty for the documents of other states. */
export const boxesOf = (document: string): readonly BoxId[] =>
  checklist.find((step) => namesOf(step).file === document)?.boxes.map(({ id }) => id) ?? [];

export const allBoxes: readonly Box[] = checklist.flatMap((of) => of.boxes);

/** Throws when there is no such box: an answer to an unknown box is a defect of ours. */
export const findBox = (id: string): Box => {
  const found = allBoxes.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no box ${id} in the checklist`);
  return found;
};

/** The step with this number. Throws when there is none: a defect of ours. */
export const findStep = (number: StepNumber): Step => {
  const found = checklist.find((candidate) => candidate.number === number);
  if (!found) throw new Error(`no step ${number} in the checklist`);
  return found;
};
