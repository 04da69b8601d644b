/** Flyway: `V1.2__name.sql` and its undo `U1.2__name.sql`, in the order of their versions' numbers. */
import { fileNameOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { oneEach, orphanNotes } from './one-each';
import { unlessEmpty, wholeFile } from './script';

const versioned = /^([VU])(\d+(?:[._]\d+)*)__.+\.sql$/;
const baseline = /^B\d+(?:[._]\d+)*__.+\.sql$/;
const repeatable = /^R__.+\.sql$/;
const callback = /^(?:before|after)[A-Z][A-Za-z]*(?:__.+)?\.sql$/;
const settings = /^[VU].+__.+\.sql\.conf$/;

const notRun: readonly (readonly [form: RegExp, what: string])[] = [
  [repeatable, 'is a repeatable migration'],
  [baseline, 'is a baseline migration'],
  [callback, 'is a callback'],
];

type Version = readonly bigint[];

/** `1.0` and `1` are the same version. */
const versionIn = (path: string): Version => {
  const numbers = (versioned.exec(fileNameOf(path))?.[2] ?? '').split(/[._]/).map(BigInt);
  while (numbers.length > 1 && numbers.at(-1) === 0n) numbers.pop();
  return numbers;
};

const compare = (one: Version, other: Version): number => {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const [first, second] = [one[index] ?? 0n, other[index] ?? 0n];
    if (first !== second) return first < second ? -1 : 1;
  }
  return 0;
};

const keyOf = ({ path }: FolderFile) => versionIn(path).join('.');

const kindOf = ({ path }: FolderFile) => versioned.exec(fileNameOf(path))?.[1];

const leavesTransaction = (file: FolderFile, files: readonly FolderFile[]) => {
  const conf = files.find(({ path }) => path === `${file.path}.conf`);
  return /^\s*executeInTransaction\s*=\s*false\b/im.test(conf?.bytes.toString('utf8') ?? '');
};

export const flyway: FolderForm = {
  name: 'Flyway',
  claims: ({ path }) =>
    [versioned, settings, ...notRun.map(([form]) => form)].some((form) => form.test(fileNameOf(path))),
  read: (files) => {
    const ofKind = (kind: 'V' | 'U') =>
      oneEach(
        files.filter((file) => kindOf(file) === kind),
        keyOf,
      );
    const [forwards, undos] = [ofKind('V'), ofKind('U')];
    const scriptOf = (file: FolderFile) => wholeFile(file, !leavesTransaction(file, files));
    return {
      migrations: [...forwards]
        .sort(([, one], [, other]) => compare(versionIn(one.path), versionIn(other.path)))
        .map(([key, file]) => {
          const undo = undos.get(key);
          const name = fileNameOf(file.path).replace(/\.sql$/, '');
          return { name, up: scriptOf(file), down: undo ? unlessEmpty(scriptOf(undo)) : null };
        }),
      notes: [
        ...files.flatMap(({ path }) => {
          const what = notRun.find(([form]) => form.test(fileNameOf(path)))?.[1];
          return what === undefined ? [] : [`${path} ${what}: it is not run`];
        }),
        ...orphanNotes(forwards, undos),
      ],
    };
  },
};
