/** Names for new things, in the form of Neon's. */
import { randomBytes, randomInt } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten of 36 signs: 51 bits, so two alike do not occur in one project. */
export const newId = (prefix: 'br' | 'ep' | 'local-project'): string =>
  `${prefix}-${Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('')}`;

export const newSecret = (): string => randomBytes(24).toString('base64url');

/** RFC 3339 in UTC, to the second as Neon writes it. */
export const timestamp = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');
