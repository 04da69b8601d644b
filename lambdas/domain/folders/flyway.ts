/** Flyway: `V1.2__name.sql` and its undo `U1.2__name.sql`, in the order of their versions' numbers. */
import { byName, fileNameOf, nameOf } from './file-path';
import type { FolderFile, FolderForm } from './folder';
import { orphanNotes, sameVersions } from './same-version';
import { unlessEmpty, wholeFile } from './script';

const versioned = /^([VU])(\d+(?:[._]\d+)*)__.+\.sql$/;
const baseline = /^B\d+(?:[._]\d+)*__.+\.sql$/;
const repeatable = /^R__.+\.sql$/;
const callback = /^(?:before|after)[A-Z][A-Za-z]*(?:__.+)?\.sql$/;
const settings = /^[VU].+__.+\.sql\.conf$/;

const notRun: readonly (readonly [form: RegExp, what: string])[] = [
  [repeatable, 'a repeatable migration, which is not run'],
  [baseline, 'a baseline migration, which is not run'],
  [callback, 'a callback, which is not run'],
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

const placeholder = /\$\{[A-Za-z][\w.:-]*\}/;

const byVersions = (one: FolderFile, other: FolderFile) =>
  compare(versionIn(one.path), versionIn(other.path)) || byName(one.path, other.path);

export const flyway: FolderForm = {
  id: 'flyway',
  name: 'Flyway',
  showing: (files) => {
    const own = files.filter(({ path }) =>
      [versioned, settings, ...notRun.map(([form]) => form)].some((form) => form.test(fileNameOf(path))),
    );
    return own.some((file) => kindOf(file) === 'V') ? own : [];
  },
  read: (files) => {
    const ofKind = (kind: 'V' | 'U') => files.filter((file) => kindOf(file) === kind).sort(byVersions);
    const [forwards, undos] = [ofKind('V'), ofKind('U')];
    const scriptOf = (file: FolderFile) => wholeFile(file, !leavesTransaction(file, files));
    return {
      migrations: forwards.map((file) => {
        const undo = undos.find((one) => keyOf(one) === keyOf(file));
        return { name: nameOf(file.path), up: scriptOf(file), down: undo ? unlessEmpty(scriptOf(undo)) : null };
      }),
      notes: [
        ...files.flatMap(({ path }) => {
          const says = notRun.find(([form]) => form.test(fileNameOf(path)))?.[1];
          return says === undefined ? [] : [{ says, name: path }];
        }),
        ...sameVersions(forwards, keyOf, 'Flyway itself refuses them'),
        ...orphanNotes(undos.filter((undo) => !forwards.some((one) => keyOf(one) === keyOf(undo)))),
        ...[...forwards, ...undos]
          .filter(({ bytes }) => placeholder.test(bytes.toString('utf8')))
          .map(({ path }) => ({
            says: 'holds placeholders in braces behind a $, which are not filled in',
            name: path,
          })),
      ],
    };
  },
  ownTables: ['flyway_schema_history'],
};
