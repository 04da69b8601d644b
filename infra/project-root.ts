import path from 'node:path';

/** The folder that the sources lie in: that of package.json, in the installed package `dist`. */
export const projectRoot = path.resolve(__dirname, '..');
