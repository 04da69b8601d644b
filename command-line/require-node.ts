/**
 * The first import of every command, so that an old Node is told before a module fails on it for want of what only newer
 * ones have. It and what it imports load on Node 18.
 */
import { exitCodes } from './exit-codes';
import { describeOldNode } from './node-version';

const refusal = describeOldNode(process.versions.node);
if (refusal !== null) {
  process.stderr.write(`✗ ${refusal}\n`);
  process.exit(exitCodes.wrong);
}
