/**
 * The first import of every command, so that it refuses an old Node before a module fails there on a feature that only newer
 * versions have. It and what it imports load on Node 18.
 */
import { exitCodes } from './exit-codes';
import { describeOldNode } from './node-version';

const refusal = describeOldNode(process.versions.node);
if (refusal !== null) {
  process.stderr.write(`✗ ${refusal}\n`);
  process.exit(exitCodes.wrong);
}
