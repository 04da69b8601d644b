/** Turns what the SDK throws into our error, with Neon's own words and the remedy; nothing else does. */
import { isNeonError, type NeonErrorUnion } from '@neon/sdk';
import { ChecklistError, PlatformFailed } from '#domain/errors';

const adviceByKind: Readonly<Record<NeonErrorUnion['kind'], string>> = {
  auth: 'check that the API key is the right one, not revoked, and may use this project',
  not_found: 'check the configured project, branch, database and role against the Neon console',
  rate_limit: 'Neon allows 700 requests a minute for an account; wait a minute',
  api: 'the Neon console shows the state of the project',
  operation: "the project's operations in the Neon console say more",
  timeout: 'Neon may have done it all the same; trying again continues from there',
  network: 'check that the Neon API can be reached from here',
  aborted: 'the caller aborted the call before Neon answered',
  client: 'this is a defect in the checklist or in the SDK: report it',
};

/** An answer may quote an address with its password. */
const withoutSecrets = (words: string) => words.replaceAll(/\bpostgres(?:ql)?:\/\/\S+/g, 'postgresql://…');

const whereabouts = (error: NeonErrorUnion) => {
  if (!('status' in error) || typeof error.status !== 'number') return '';
  const requestId = 'requestId' in error && error.requestId ? `, request ${error.requestId}` : '';
  return ` (HTTP ${error.status}${requestId})`;
};

const isConflict = (error: NeonErrorUnion) => 'status' in error && error.status === 409;

/** Runs the call; Neon's failures become PlatformFailed, all others stay unchanged. `doing` completes "Neon could not …". */
export const asking = async <T>(doing: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    if (!isNeonError(error)) throw error;
    // Reading the key failed: the SDK reports that as a network failure, and the key's own error says more.
    if (error.cause instanceof ChecklistError) throw error.cause;
    const words = withoutSecrets(error.message).replace(/[.\s]+$/, '');
    throw new PlatformFailed(`Neon could not ${doing}: ${words}${whereabouts(error)}; ${adviceByKind[error.kind]}`, {
      cause: error,
    });
  }
};

/** True when Neon may have carried out the failed call all the same: no answer came, or the name was taken meanwhile. */
export const leavesDoubt = (error: unknown): boolean => {
  const cause = error instanceof PlatformFailed ? error.cause : null;
  return isNeonError(cause) && (cause.kind === 'network' || cause.kind === 'timeout' || isConflict(cause));
};
