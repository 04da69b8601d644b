/** Step 9: what was rehearsed is what was applied: the target's catalog after apply equals the branch's, box by box. */
import { type LeftOut, leftOutInWords, withoutLeftOut } from '#domain/backup/left-out';
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { describeDifference } from '#domain/catalog/describe-difference';
import { differenceOf } from '#domain/catalog/difference';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import { onlyChangedPrivileges } from '#domain/catalog/granted-privileges';
import { count } from '#domain/count';
import type { BoxOf } from '#lambdas/checklist';
import { type NotRehearsed, onTheBranch } from './not-rehearsed';
import {
  type Artifact,
  type Derivations,
  derivationOf,
  failed,
  type Judge,
  type Judgement,
  judgeOf,
  open,
  proved,
  type Room,
} from './room';

export type VerifySchemaFacts = {
  /** The branch's catalog before and after the migration, and the target's after it. */
  readonly catalogBefore: Artifact<Catalog>;
  readonly catalogRehearsed: Artifact<Catalog>;
  readonly catalogApplied: Artifact<Catalog>;
  readonly catalogFingerprint: string;
  /** What the branch went without, so that it cannot be compared; missing in documents of version 0.2.0 and before. */
  readonly leftOut?: readonly LeftOut[];
  /** Only where nothing was run on the branch. */
  readonly notRehearsed?: NotRehearsed;
};

export const derivedOfVerifySchema: Derivations<VerifySchemaFacts> = {
  catalogFingerprint: derivationOf<VerifySchemaFacts>()(['catalogApplied'], ({ catalogApplied }) =>
    fingerprintOf(catalogApplied),
  ),
};

type Box = BoxOf<9>;

/** Which kinds of object each box speaks of. Every kind that stands in no other row belongs to 9.2. */
const kindsOf: Readonly<Partial<Record<Box, readonly string[]>>> = {
  '9.1': ['schema', 'table', 'view', 'materialized view', 'foreign table', 'sequence'],
  '9.3': ['index'],
  '9.4': ['constraint', 'domain constraint'],
  '9.5': ['trigger', 'event trigger', 'rule'],
};

const words: Readonly<Record<Box, string>> = {
  '9.1': 'tables and other relations',
  '9.2': 'columns, types and everything else',
  '9.3': 'indexes',
  '9.4': 'constraints',
  '9.5': 'triggers',
};

const boxOf = (kind: string): Box =>
  (Object.entries(kindsOf) as [Box, readonly string[]][]).find(([, kinds]) => kinds.includes(kind))?.[0] ?? '9.2';

const only = (catalog: Catalog, box: Box): Catalog => ({
  objects: catalog.objects.filter(({ kind }) => boxOf(kind) === box),
});

/** Definition fields that must be true for the object to do its work, by box. */
const workingFields: Readonly<Partial<Record<Box, readonly string[]>>> = {
  '9.3': ['isValid', 'isReady', 'isLive'],
  '9.4': ['isValidated', 'isEnforced'],
};

const idle = (objects: readonly CatalogObject[], box: Box) =>
  objects.filter(({ definition }) => (workingFields[box] ?? []).some((field) => definition[field] === false));

type Catalogs = {
  readonly before: Catalog;
  readonly rehearsed: Catalog;
  readonly applied: Catalog;
  readonly leftOut: readonly LeftOut[];
};

const notComparedInWords = (leftOut: readonly LeftOut[]) =>
  leftOut.length === 0 ? '' : `; not compared, because the branch goes without: ${leftOutInWords(leftOut)}`;

const judgeKinds = (box: Box, { before, rehearsed, leftOut, ...target }: Catalogs): Judgement => {
  const applied = withoutLeftOut(target.applied, leftOut);
  const relevant = onlyChangedPrivileges(before, rehearsed);
  const differences = describeDifference(differenceOf(only(relevant(rehearsed), box), only(relevant(applied), box)));
  if (differences.length > 0)
    return failed(`the target differs from the rehearsal: ${differences.join('; ')}`, { differences });
  const { added: made, changed } = differenceOf(only(before, box), only(applied, box));
  const notWorking = [
    ...idle(made, box),
    ...idle(
      changed.map(({ after, ...object }) => ({ ...object, definition: after })),
      box,
    ),
  ];
  if (notWorking.length > 0) return failed(`not active: ${notWorking.map(({ identity }) => identity).join(', ')}`);
  const compared = only(applied, box).objects.length;
  const facts = {
    compared,
    made: made.map(({ kind, identity }) => `${kind} ${identity}`),
  };
  // Step 10 has to fire the triggers first.
  return box === '9.5' && made.length > 0
    ? open(
        `${count(made.length, 'new trigger or rule exists', 'new triggers or rules exist')} as rehearsed; Step 10 shows whether they work`,
        facts,
      )
    : proved(
        `${words[box]}: ${compared} compared, all equal to the rehearsal, ${made.length} of them new${notComparedInWords(leftOut.filter(({ kind }) => boxOf(kind) === box))}`,
        facts,
      );
};

const compared = (box: Box): Judge<VerifySchemaFacts> =>
  judgeOf<VerifySchemaFacts>()(
    ['catalogBefore', 'catalogRehearsed', 'catalogApplied'],
    ({ catalogBefore, catalogRehearsed, catalogApplied, leftOut = [] }) =>
      judgeKinds(box, { before: catalogBefore, rehearsed: catalogRehearsed, applied: catalogApplied, leftOut }),
    ['leftOut'],
  );

export const verifySchema = onTheBranch<VerifySchemaFacts, Room<9, VerifySchemaFacts>>({
  '9.1': compared('9.1'),
  '9.2': compared('9.2'),
  '9.3': compared('9.3'),
  '9.4': compared('9.4'),
  '9.5': compared('9.5'),
});
