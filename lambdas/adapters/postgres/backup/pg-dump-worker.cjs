/**
 * Runs pg_dump (PostgreSQL's own, compiled to WebAssembly) in a thread of its own, because it waits for every answer
 * without giving way. What it says to the server goes to the parent, which holds the session; the parent posts the
 * answer and raises `answers`, for which this thread sleeps. Plain JavaScript, so that a thread can start on the file as
 * it is, among the sources and beside a bundle.
 */
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');

// Beside a bundle there is no node_modules: the program and its .wasm lie in this folder.
const beside = path.join(__dirname, 'pg_dump.cjs');
const program = existsSync(beside) ? beside : require.resolve('@electric-sql/pglite-tools/pg_dump');
const { pgDump } = require(program);

// While the parent holds the compiled program, V8 gives its code to every later thread that compiles the same bytes.
if (!workerData.isCompiled) {
  const bytes = readFileSync(path.join(path.dirname(program), 'pg_dump.wasm'));
  parentPort.postMessage({ kind: 'compiled', program: new WebAssembly.Module(bytes) });
}

const answers = new Int32Array(workerData.answers);
let received = 0;

/** Nobody raises it: for pauses only. */
const pause = new Int32Array(new SharedArrayBuffer(4));

const waitForAnswer = () => {
  Atomics.wait(answers, 0, received);
  received += 1;
  // On a busy machine the count may be seen a moment before the message.
  for (;;) {
    const answer = receiveMessageOnPort(parentPort);
    if (answer) return answer.message;
    Atomics.wait(pause, 0, 0, 1);
  }
};

/** Bytes of the message that begins here; more than there are while its length has not arrived. */
const messageLength = (bytes, isStartup) => {
  // The length counts itself; before it stands a type byte, except in the startup message.
  const start = isStartup ? 0 : 1;
  return bytes.length < start + 4 ? Number.POSITIVE_INFINITY : start + bytes.readUInt32BE(start);
};

/** Stands where pg_dump expects an embedded database: takes bytes, gives the server's. */
const connectThroughParent = () => {
  let unsent = Buffer.alloc(0);
  let isStartup = true;
  return {
    query: async () => ({ rows: [{ search_path: '' }] }),
    exec: async () => undefined,
    execProtocolRawStream(bytes, { onRawData }) {
      // Nobody promises that a write is one whole message, and only a whole message has an answer to wait for.
      unsent = Buffer.concat([unsent, bytes]);
      for (let length = messageLength(unsent, isStartup); length <= unsent.length; ) {
        const message = unsent.subarray(0, length);
        // Terminate, the one message without an answer, would end the session that is only lent to us.
        if (isStartup || message.toString('latin1', 0, 1) !== 'X') {
          parentPort.postMessage(isStartup ? { kind: 'startup' } : { kind: 'message', bytes: message });
          onRawData(waitForAnswer());
        }
        unsent = unsent.subarray(length);
        isStartup = false;
        length = messageLength(unsent, isStartup);
      }
    },
  };
};

parentPort.on('message', async (args) => {
  try {
    const file = await pgDump({ pg: connectThroughParent(), args });
    parentPort.postMessage({ kind: 'dump', sql: await file.text() });
  } catch (error) {
    parentPort.postMessage({ kind: 'failure', reason: error.message });
  }
});
