/** Where the pages of the rules lie in this copy: beside the sources, and one folder above what is compiled. */
import { existsSync } from 'node:fs';
import path from 'node:path';

const candidates = ['../..', '../../..'].map((up) => path.resolve(__dirname, up, 'docs', 'rules'));

/** From where the user stands; null when the copy has none. */
export const rulePagesFolder = (): string | null => {
  const folder = candidates.find((one) => existsSync(path.join(one, 'README.md')));
  return folder === undefined ? null : path.relative('', folder).split(path.sep).join('/');
};
