/** Which Node the commands run on. npm reads the same floor in `engines` of package.json, but only warns. */

/** What `@neon/sdk` needs, which needs the newest of all. */
export const lowestNode = '20.19';

const isNodeSupported = (version: string): boolean => {
  const [lowestMajor = 0, lowestMinor = 0] = lowestNode.split('.').map(Number);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > lowestMajor || (major === lowestMajor && minor >= lowestMinor);
};

/** One sentence that refuses this Node, or null when the version is new enough. `version` is `process.versions.node`. */
export const describeOldNode = (version: string): string | null =>
  isNodeSupported(version)
    ? null
    : `this is Node ${version}, but Node ${lowestNode} or newer is needed; install it from https://nodejs.org, or choose it with your version manager, then run the command again`;
