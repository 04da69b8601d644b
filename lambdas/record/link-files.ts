/** What became of the links of a run's approvals, as files say it: wrong codes that were typed, links that were mailed again. */
import { type Stage, stages } from '#domain/approvals/stages';
import { type Listed, listed } from '#domain/listed';
import type { ResentLink } from '#domain/reports/resent-links';
import type { WrongCode } from '#domain/reports/wrong-codes';
import type { ArtifactStore } from '#lambdas/ports/store';
import { approvalKeys } from './keys';

type Store = Pick<ArtifactStore, 'list' | 'read'>;
type Happened = { readonly stage: Stage; readonly approver: string; readonly at: string };

const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return (JSON.parse(text) as Readonly<Record<string, unknown>> | null) ?? {};
  } catch {
    return {};
  }
};

type Kind<T extends Happened> = {
  prefix(runId: string, stage: Stage): string;
  key(runId: string, stage: Stage, approver: string, number: number): string;
  /** Null where the file lacks what only this kind has. */
  more(file: Readonly<Record<string, unknown>>): Omit<T, keyof Happened> | null;
};

const wrongCodes: Kind<WrongCode> = {
  prefix: approvalKeys.wrongCodes,
  key: approvalKeys.wrongCode,
  more: () => ({}),
};

const resentLinks: Kind<ResentLink> = {
  prefix: approvalKeys.resentLinks,
  key: approvalKeys.resent,
  more: ({ by }) => (typeof by === 'string' ? { by } : null),
};

/** A file counts where its name is that of the person in it: the approval pages write no other. The oldest first. */
const readKind = async <T extends Happened>(store: Store, runId: string, kind: Kind<T>): Promise<readonly T[]> => {
  const ofStage = async (stage: Stage) => {
    const keys = await store.list(kind.prefix(runId, stage));
    return Promise.all(
      keys.map(async (key): Promise<readonly T[]> => {
        const file = parse(String(await store.read(key)));
        const { approver, at } = file;
        const more = kind.more(file);
        const number = Number(/-(\d+)\.json$/.exec(key)?.[1]);
        if (typeof approver !== 'string' || typeof at !== 'string' || Number.isNaN(Date.parse(at)) || !more) return [];
        if (kind.key(runId, stage, approver, number) !== key) return [];
        return [{ stage, approver, at: new Date(at).toISOString(), ...more } as T];
      }),
    );
  };
  const read = await Promise.all(stages.map(ofStage));
  return read.flat(2).sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
};

export const readWrongCodes = (store: Store, runId: string): Promise<readonly WrongCode[]> =>
  readKind(store, runId, wrongCodes);

export const readResentLinks = (store: Store, runId: string): Promise<readonly ResentLink[]> =>
  readKind(store, runId, resentLinks);

/** What the report says of links; each is left out where there is none. */
export type LinksOfRun = { readonly wrongCodes?: Listed<WrongCode>; readonly resentLinks?: Listed<ResentLink> };

export const linksUntilNow = async (store: ArtifactStore, runId: string): Promise<LinksOfRun> => {
  const [codes, resent] = [await readWrongCodes(store, runId), await readResentLinks(store, runId)];
  return {
    ...(codes.length > 0 && { wrongCodes: listed(codes) }),
    ...(resent.length > 0 && { resentLinks: listed(resent) }),
  };
};
