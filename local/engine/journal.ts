/** One execution's journal: an append-only file of JSON lines. A synced line survives any crash. */
import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { open, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { HistoryEvent } from './history';

const syncData = promisify(fdatasync);

/** One thing that happened, under the key by which a replay finds it again. */
export type JournalLine = {
  readonly key: string;
  readonly state?: string;
  readonly event?: HistoryEvent;
  /** When, ISO 8601, for lines that are no history event. */
  readonly at?: string;
  /** Data that the engine needs again and the history does not show: tokens, deadlines, choices. */
  readonly data?: unknown;
};

export type Journal = {
  /** Hands the line to the operating system, in order: a killed process does not lose it. Throws when the disk is full. */
  append(line: JournalLine): void;
  /** Returns when everything appended before the call is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

const syncDirectory = (directory: string) => {
  // Windows cannot open directories; there the file's own sync has to suffice.
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** Opens a journal for appending; with `isNew` the file must not exist yet and its name is made durable too. */
export const openJournal = (file: string, { isNew }: { readonly isNew: boolean }): Journal => {
  // Readable for the owner only: the lines hold task tokens.
  const descriptor = openSync(file, isNew ? 'ax' : 'a', 0o600);
  if (isNew) syncDirectory(path.dirname(file));
  let isOpen = true;
  let size = fstatSync(descriptor).size;
  let written = 0;
  let synced = 0;
  let running: Promise<void> | undefined;
  const syncOnce = async () => {
    const upTo = written;
    try {
      await syncData(descriptor);
      synced = upTo;
    } finally {
      running = undefined;
    }
  };
  const sync = async () => {
    const mine = written;
    while (synced < mine) {
      running ??= syncOnce();
      await running;
    }
  };
  return {
    append: (line) => {
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      } catch (cause) {
        // Half a line must not remain before the next one.
        ftruncateSync(descriptor, size);
        throw new Error(`the journal ${file} could not be written: ${(cause as Error).message}`, { cause });
      }
      size += bytes.length;
      written++;
    },
    sync,
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      try {
        await sync();
      } finally {
        closeSync(descriptor);
      }
    },
  };
};

const parseLine = (file: string, text: string, which: string): JournalLine => {
  try {
    return JSON.parse(text) as JournalLine;
  } catch (cause) {
    throw new Error(
      `${which} of the journal ${file} is not JSON, so its execution cannot continue; move the file away to give it up`,
      { cause },
    );
  }
};

/** Cuts off a torn last line, left by a process that was killed while it wrote. Nobody may be writing. */
export const cutTornLine = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  const end = bytes.lastIndexOf('\n') + 1;
  if (end < bytes.length) await truncate(file, end);
};

/** Every complete line. */
export const readJournal = async (file: string): Promise<readonly JournalLine[]> => {
  const bytes = await readFile(file);
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, index) => parseLine(file, line, `line ${index + 1}`));
};

// 64 KiB holds the first and the last line of nearly every execution in one read each.
const chunkBytes = 65_536;

/** The first and the last complete line, without reading what is between; null when there is none. */
export const readEnds = async (
  file: string,
): Promise<{ readonly first: JournalLine; readonly last: JournalLine } | null> => {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    for (let length = chunkBytes; ; length *= 4) {
      const whole = length >= size;
      const { buffer } = await handle.read(Buffer.alloc(Math.min(length, size)), 0, Math.min(length, size), 0);
      const tail = whole ? buffer : (await handle.read(Buffer.alloc(length), 0, length, size - length)).buffer;
      const firstEnd = buffer.indexOf('\n');
      const lastEnd = tail.lastIndexOf('\n');
      const lastStart = lastEnd > 0 ? tail.lastIndexOf('\n', lastEnd - 1) : -1;
      if (whole && firstEnd < 0) return null;
      if (!whole && (firstEnd < 0 || lastStart < 0)) continue;
      return {
        first: parseLine(file, buffer.subarray(0, firstEnd).toString('utf8'), 'the first line'),
        last: parseLine(file, tail.subarray(lastStart + 1, lastEnd).toString('utf8'), 'the last line'),
      };
    }
  } finally {
    await handle.close();
  }
};
