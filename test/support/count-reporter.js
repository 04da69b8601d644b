// Appends how many tests passed and failed to the file named by TEST_COUNTS, so that several Jest runs can be added up.
const { appendFileSync } = require('node:fs');

module.exports = class CountReporter {
  onRunComplete(_, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    const file = process.env.TEST_COUNTS;
    // A suite that could not even be loaded counts as one failure.
    if (file) appendFileSync(file, `${numPassedTests} ${numFailedTests + numRuntimeErrorTestSuites}\n`);
  }
};
