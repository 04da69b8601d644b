/**
 * Imported before PostgreSQL's parser, by commands that run for seconds. V8 compiles anew, in other threads, what it sees called often;
 * these commands are over before that pays. Of a review of 2,400 files it was a third of the processor time on Node 20, and on Node 24,
 * where it compiles the parser's WebAssembly, half a gigabyte of memory.
 */
import { setFlagsFromString } from 'node:v8';

const parserOnce = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

/** By Node's major version: V8 complains aloud of a flag that it does not have, so only versions that were tried get any. */
const flags: Readonly<Record<string, readonly string[]>> = {
  // In bytes of bytecode that run before a function is looked at; V8's own is 132 KB. From Node 22 on a quick compiler comes first.
  20: [...parserOnce, '--interrupt-budget=1000000'],
  22: parserOnce,
  24: parserOnce,
};

for (const flag of flags[process.versions.node.split('.')[0] ?? ''] ?? []) setFlagsFromString(flag);
