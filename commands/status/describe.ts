/** What `npm run status` prints, from what the ledger knows. */
import { count } from '#domain/count';
import { progressInWords } from '#domain/ledger/progress';
import { isUnresolved, ledgerStates, stateInWords } from '#domain/ledger/states';
import { describeVersion, newestOf, type VersionInLedger } from '#domain/ledger/unresolved';
import type { TargetState } from '#lambdas/ports/database';

const sign = ({ state }: VersionInLedger) => {
  if (isUnresolved(state)) return '✗';
  return ledgerStates[state.state].isGoodEnd ? '✓' : '!';
};

const versionLine = (one: VersionInLedger) =>
  `${sign(one)} ${one.version}  ${stateInWords(one.migration, one.runId, one.state)}`;

const leaseLine = ({ lease }: TargetState): readonly string[] => {
  if (!lease || lease.isExpired) return [];
  return [
    `… run ${lease.runId} (${lease.holder}) holds the target since ${lease.acquiredAt}, until ${lease.expiresAt} at the latest`,
  ];
};

const isShown =
  ({ lease }: TargetState) =>
  ({ progress, runId, state }: TargetState['others'][number]) =>
    progress !== null || (state.state === 'being prepared' && lease?.runId === runId && !lease.isExpired);

/** Many may be adopted at once: they are one line, and the first and the last of them are named. */
const versionLines = (all: readonly VersionInLedger[]): readonly string[] => {
  const isAdopted = ({ state }: VersionInLedger) => state.state === 'adopted';
  return all.flatMap((one) => {
    if (!isAdopted(one)) return [versionLine(one)];
    const together = all.filter((other) => isAdopted(other) && other.runId === one.runId);
    const last = together.at(-1);
    if (together[0] !== one || !last) return [];
    const { reason, by, since } = one.state;
    return [
      `✓ ${one.version}${together.length === 1 ? '' : ` to ${last.version}`}  ${count(together.length, 'migration')}, ${one.migration}${together.length === 1 ? '' : ` to ${last.migration}`}: adopted by ${by}, since ${since}: ${reason}`,
    ];
  });
};

/** `fileNames` are the migrations of the folder: what was rolled back and is on disk no more is nobody's business any more. */
export const describeStatus = (
  state: TargetState,
  fileNames: readonly string[],
): { readonly lines: readonly string[]; readonly isWell: boolean } => {
  const rows = newestOf(state.ledger).flatMap((entry) => (entry.state ? [{ ...entry, state: entry.state }] : []));
  const others = state.others.filter(isShown(state));
  const partly = others.flatMap(({ progress }) => (progress ? [`  ${progressInWords(progress)}`] : []));
  const all: readonly VersionInLedger[] = [...rows, ...others];
  const notWell = all.filter(
    ({ migration, state: { state: name } }) =>
      ledgerStates[name].isUnresolved || (!ledgerStates[name].isGoodEnd && fileNames.includes(migration)),
  );
  const unresolved = notWell.filter((one) => isUnresolved(one.state));
  const applied = new Set(rows.map(({ migration }) => migration));
  const pending = fileNames.filter((name) => !applied.has(name));
  return {
    isWell: notWell.length === 0,
    lines: [
      ...versionLines(all),
      ...partly,
      ...(pending.length > 0 ? [`  pending: ${pending.join(', ')}`] : []),
      ...leaseLine(state),
      ...notWell.map((one) => describeVersion(one)),
      unresolved.length > 0
        ? 'Something stands: every other migration is refused until a person settles it.'
        : notWell.length > 0
          ? 'Nothing stands; what was rolled back is still to be acknowledged or corrected.'
          : 'Nothing is unresolved.',
    ],
  };
};
