/** The message to the team that a run was signed off, with the hash that makes the mail a witness of it. */
import { type Line, ownAddress } from '#domain/text/lines';
import type { TeamMessage } from './team-message';

export type SignOffNotice = {
  readonly runId: string;
  readonly version: string;
  readonly migration: string;
  /** ISO 8601. */
  readonly at: string;
  /** sha256 (hex) of the sign-off document, which names all other evidence. */
  readonly sha256: string;
  /** Over it; null where nothing signs. */
  readonly signature: string | null;
  readonly runUrl: string;
};

/** `line` is that of the medium. */
export const renderSignOffMessage = (
  { runId, migration, at, sha256, signature, runUrl }: SignOffNotice,
  line: Line,
): TeamMessage => ({
  subject: line`Migration ${migration} was signed off`,
  text: [
    line`Run ${runId} was signed off on ${at}.`,
    line`sha256 of the sign-off: ${sha256}`,
    ...(signature === null ? [] : [line`Signature: ${signature}`]),
    line`Keep this message. It shows later that nothing of the run was changed: npm run verify-evidence -- ${runId} --sha256 ${sha256}`,
    `Run: ${ownAddress(runUrl)}`,
  ].join('\n\n'),
});
