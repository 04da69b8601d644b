/** Single edits of a stored run, from a seeded generator: each is one that somebody with write access to the store could make. */
import type { Objects } from './rechain';

export type Edit = { readonly what: string; readonly objects: Objects };

/** Mulberry32: the same numbers for the same seed. */
const numbersFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const flip = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x01;
  return changed;
};

const without = (objects: Objects, key: string): Objects =>
  Object.fromEntries(Object.entries(objects).filter(([one]) => one !== key));

const oddNames = [
  'x.txt',
  'foo.JSON',
  '98-extra.json',
  '.hidden',
  'notes/readme.md',
  'artifacts/extra.json',
  'artifacts/deeper/catalog-before.json',
  'approvals/extra.json',
  'approvals/rollback.decision.json',
  'approve-rollback.json',
  '05-backup-database.json.bak',
  '05-Backup-Database.json',
  'report.txt',
  'report.json.bak',
  'two words.json',
  'line\nbreak.json',
  'größe.json',
  '~unfinished',
  '\u202eevil.json',
  'close-run.json',
] as const;

/** Of the run's folder and of its dump. About four in ten flip a bit; the others add, remove, truncate, lengthen, empty and swap. */
export const singleEdits = (objects: Objects, runId: string, many: number, seed: number): readonly Edit[] => {
  const below = numbersFrom(seed);
  const folder = `runs/${runId}/`;
  const beside = `backups/${runId}/`;
  const keys = Object.keys(objects)
    .filter((key) => key.startsWith(folder) || key.startsWith(beside))
    .sort();
  const bytesOf = (key: string) => objects[key] ?? Buffer.alloc(0);
  const put = (what: string, key: string, bytes: Buffer): Edit => ({
    what: `${what} ${key}`,
    objects: { ...objects, [key]: bytes },
  });
  const kinds: readonly ((key: string, index: number) => Edit)[] = [
    (key) => {
      const bytes = bytesOf(key);
      const at = below(Math.max(1, bytes.length));
      return put(`flip bit of byte ${at} of`, key, flip(bytes, at));
    },
    (key) => ({ what: `remove ${key}`, objects: without(objects, key) }),
    (key) => put('truncate', key, bytesOf(key).subarray(0, below(Math.max(1, bytesOf(key).length)))),
    (key) => put('lengthen', key, Buffer.concat([bytesOf(key), Buffer.from(' ')])),
    (key) => put('empty', key, Buffer.alloc(0)),
    (key, index) => {
      const other = keys[(keys.indexOf(key) + 1 + (index % (keys.length - 1))) % keys.length] ?? key;
      return put(`put ${other} in place of`, key, bytesOf(other));
    },
    (_, index) => {
      const name = oddNames[index % oddNames.length] ?? '';
      return put('add', `${index % 5 === 0 ? beside : folder}${name}`, bytesOf(keys[below(keys.length)] ?? ''));
    },
  ];
  const edits: Edit[] = [];
  // Every file is met by each kind before any is met twice.
  for (let index = 0; edits.length < many; index += 1) {
    const key = keys[index % keys.length] ?? '';
    const kind = index < keys.length ? 0 : 1 + (index % (kinds.length - 1));
    const edit = kinds[kind]?.(key, index);
    const isSame =
      edit &&
      Object.keys(edit.objects).length === Object.keys(objects).length &&
      Object.entries(edit.objects).every(([one, bytes]) => objects[one]?.equals(bytes));
    if (edit && !isSame) edits.push(edit);
  }
  return edits;
};
