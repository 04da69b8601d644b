/** A full disk of this machine is no fault of a migration: what failed for want of room is called again when there is some. */
import { setTimeout as pause } from 'node:timers/promises';

type Link = {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly details?: { readonly sqlState?: unknown };
  readonly cause?: unknown;
};

/** The error and what caused it, the outermost first. */
const chainOf = (error: unknown): readonly Link[] => {
  const chain: Link[] = [];
  for (let link = error; typeof link === 'object' && link !== null && chain.length < 10; link = (link as Link).cause)
    chain.push(link as Link);
  return chain;
};

/** PostgreSQL's disk_full. */
const diskFull = '53100';

/**
 * True where this machine's disk is full or its quota used up. What a server says of its disk counts only where the server is this
 * machine's own.
 */
export const isDiskFull = (error: unknown, isOwnServer: boolean): boolean =>
  chainOf(error).some(
    ({ code, message, details }) =>
      code === 'ENOSPC' ||
      code === 'EDQUOT' ||
      (isOwnServer &&
        (code === diskFull ||
          details?.sqlState === diskFull ||
          /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(String(message)))),
  );

export type Disk = {
  /** Where the work writes; told to whoever has to make room. */
  readonly folder: string;
  /** False where the target is a server of the user's. */
  readonly isOwnServer: boolean;
  freeBytes(): Promise<number>;
  /** One line for a person. */
  tell(line: string): void;
  /** Between two looks. */
  readonly intervalMs?: number;
};

/** 64 MB more than when it failed: something was removed since, and not only what the failed work itself had written. */
const moreBytes = 64e6;

/**
 * 512 MB: where so much is free once the failed work has taken away what it had written, the work needs more than there is. That is
 * its own fault, and waiting would not mend it.
 */
const roomBytes = 512e6;

/** A minute: it may be room enough already, because the failed work took away what it had written. */
const longestPauseMs = 60_000;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * Does the work; when the disk is full, says so, waits until there is more room, at most a minute, and does it again, until it ends
 * otherwise or the signal comes. Work that fails for want of room where there is room is not done again. The work must be one that may be done again.
 */
export const whereThereIsRoom = async <T>(
  disk: Disk,
  what: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  const { folder, isOwnServer, freeBytes, tell, intervalMs = 1_000 } = disk;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDiskFull(error, isOwnServer) || signal?.aborted) throw error;
      const left = await freeBytes();
      if (left >= roomBytes) throw error;
      tell(
        `${what}: the disk of this machine is full, ${megabytes(left)} are left for ${folder}; free some space there. It is tried again as soon as there is room; Ctrl-C stops here, and the same command continues`,
      );
      for (let waitedMs = 0; waitedMs < longestPauseMs; waitedMs += intervalMs) {
        if (signal?.aborted) throw error;
        await pause(intervalMs);
        if ((await freeBytes()) >= left + moreBytes) break;
      }
    }
  }
};
