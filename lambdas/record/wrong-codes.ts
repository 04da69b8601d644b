/** The wrong codes that were typed on the approval pages of a run, as their files say it. */
import { type Stage, stages } from '#domain/approvals/stages';
import type { WrongCode } from '#domain/reports/wrong-codes';
import type { ArtifactStore } from '#lambdas/ports/store';
import { approvalKeys } from './keys';

const parse = (text: string): Partial<WrongCode> => {
  try {
    return (JSON.parse(text) as Partial<WrongCode> | null) ?? {};
  } catch {
    return {};
  }
};

/** A file counts where its name is that of the person in it: the approval pages write no other. */
const readStage = async (
  store: Pick<ArtifactStore, 'list' | 'read'>,
  runId: string,
  stage: Stage,
): Promise<readonly WrongCode[]> => {
  const keys = await store.list(approvalKeys.wrongCodes(runId, stage));
  const read = await Promise.all(
    keys.map(async (key) => {
      const { approver, at } = parse(String(await store.read(key)));
      const number = Number(/-(\d+)\.json$/.exec(key)?.[1]);
      const isWhole = typeof approver === 'string' && typeof at === 'string' && !Number.isNaN(Date.parse(at));
      return isWhole && approvalKeys.wrongCode(runId, stage, approver, number) === key
        ? [{ stage, approver, at: new Date(at).toISOString() }]
        : [];
    }),
  );
  return read.flat();
};

/** The oldest first. */
export const readWrongCodes = async (
  store: Pick<ArtifactStore, 'list' | 'read'>,
  runId: string,
): Promise<readonly WrongCode[]> => {
  const read = await Promise.all(stages.map((stage) => readStage(store, runId, stage)));
  return read.flat().sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
};
