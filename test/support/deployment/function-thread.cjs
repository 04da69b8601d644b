/** A function's container: loads the bundle as Lambda does, in a thread whose environment is the function's, and calls it. */
'use strict';
const path = require('node:path');
const { parentPort, workerData } = require('node:worker_threads');

const [file, name] = workerData.handler.split('.');
const handler = require(path.join(workerData.code, `${file}.js`))[name];

// What Lambda hands back of an error: its name, its message and where it came from.
const describe = (error) => ({ name: error?.name, message: error?.message ?? String(error), stack: error?.stack });

parentPort.on('message', async ({ id, event, context }) => {
  try {
    const result = await handler(event, context);
    parentPort.postMessage({ id, result: JSON.stringify(result ?? null) });
  } catch (error) {
    parentPort.postMessage({ id, error: describe(error) });
  }
});
