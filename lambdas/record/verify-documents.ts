/** Whether a run holds the documents that it must, and each is the one that it says it is. Hashes are `verifyChain`'s. */
import type { StoredEvidence } from '#domain/evidence/chain';
import { checklist, namesOf } from '#lambdas/checklist';
import { documentKey } from './keys';

/** Nobody signs a run off before all of these have left their evidence. */
const neededForSignOff: readonly string[] = [
  '00-open-run',
  'approve-review',
  'create-branch',
  'approve-apply',
  ...checklist.map((step) => namesOf(step).file),
];

const missingDocuments = (stored: readonly StoredEvidence[]): readonly string[] => {
  const there = new Set(stored.map(({ document }) => document.name));
  return there.has('sign-off')
    ? neededForSignOff
        .filter((name) => !there.has(name))
        .map((name) => `${name} is missing, and a run is signed off only after all of its states`)
    : [];
};

/** A document of another run, or under another's name, would answer in its place. */
const misplaced = (runId: string, { ref, document }: StoredEvidence): readonly string[] =>
  document.runId === runId && ref.key === documentKey(runId, document.name)
    ? []
    : [`${ref.key} says that it is ${document.name} of run ${document.runId}`];

/** The last answer of a box counts, so a document must not claim a later time than those that name it. */
const outOfOrder = ({ ref, document }: StoredEvidence, stored: readonly StoredEvidence[]): readonly string[] =>
  stored
    .filter((other) => document.previous.includes(other.ref.sha256) && other.document.finishedAt > document.finishedAt)
    .map((other) => `${ref.key} names ${other.ref.key}, which says that it was finished later`);

/** Whoever wants an answer not to be judged again would write an older format. */
const disguised = ({ ref, document }: StoredEvidence, isMixed: boolean): readonly string[] => {
  const { format, version, underWay } = document;
  if (format === 2) return version === undefined ? [`${ref.key} does not say which version wrote it`] : [];
  if (version !== undefined || underWay !== undefined)
    return [`${ref.key} has format 1 and says what only documents of format 2 say`];
  return isMixed
    ? [
        `${ref.key} has format 1 and other documents of this run have format 2, but one version of the workflow writes them all`,
      ]
    : [];
};

/** Another version may say what it finds in other words and draw in another way, so a document must not claim one that did not write it. */
const otherVersions = (stored: readonly StoredEvidence[]): readonly string[] => {
  const named = stored.flatMap(({ ref: { key }, document: { version } }) =>
    version === undefined ? [] : [{ key, version }],
  );
  const versions = [...new Set(named.map(({ version }) => version))];
  const keysOf = (wanted: string) => named.filter(({ version }) => version === wanted).map(({ key }) => key);
  const inWords = (version: string) => {
    const [first = '', ...others] = keysOf(version);
    return `${version} (${first}${others.length === 0 ? '' : ` and ${others.length} more`})`;
  };
  return versions.length < 2
    ? []
    : [
        `the documents of this run name ${versions.length} versions of the product: ${versions.map(inWords).join(', ')}; expected one, unless another was deployed while the run went on: compare with when that was`,
      ];
};

/** One sentence for each fault; empty is good. */
export const verifyDocuments = (runId: string, stored: readonly StoredEvidence[]): readonly string[] => {
  const isMixed = new Set(stored.map(({ document }) => document.format)).size > 1;
  return [
    ...missingDocuments(stored),
    ...otherVersions(stored),
    ...stored.flatMap((one) => [...misplaced(runId, one), ...outOfOrder(one, stored), ...disguised(one, isMixed)]),
  ];
};
