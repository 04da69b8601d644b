/** The remedy for a failure of PostgreSQL or of the files below it, by the words of its message. */

const advice: readonly (readonly [words: RegExp, whatToDo: string])[] = [
  [/No space left on device|ENOSPC/, 'the disk is full: free some space and start again'],
  [/Disk quota exceeded|EDQUOT/, "the user's disk quota is used up: free some space and start again"],
  [/Read-only file system|EROFS/, 'the disk is read-only: start in a folder that can be written'],
  [/Permission denied|EACCES|EPERM/, 'the folder belongs to another user: start as that user, or remove the folder'],
  [/effective user ID/, 'the user nobody does not exist on this machine: start as an ordinary user'],
  [/Cannot allocate memory|shared memory|ENOMEM/, 'memory is short: end other programs or give the container more'],
  [/Address already in use|could not bind/, 'another program took the port meanwhile: start again'],
  [
    /incompatible with server|initialized by PostgreSQL version/,
    'the data is of another PostgreSQL version: remove it',
  ],
];

/** A clause to append to a message, with the semicolon before it; empty when the words say nothing we know. */
export const adviceFor = (words: string): string => {
  const found = advice.find(([known]) => known.test(words));
  return found ? `; ${found[1]}` : '';
};
