const { accessSync, constants, readFileSync, statfsSync } = require('node:fs');

/** Null where there is none, where programs must not run from it, or where little room is left. */
const memoryFileSystem = () => {
  try {
    accessSync('/dev/shm', constants.W_OK);
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === '/dev/shm');
    const { bavail, bsize } = statfsSync('/dev/shm');
    return mount && !/[ ,]noexec[ ,]/.test(mount) && bavail * bsize > 4 * 1024 ** 3 ? '/dev/shm' : null;
  } catch {
    return null;
  }
};

// The tests make and drop hundreds of databases of some three hundred files each: on a disk that is most of their time.
process.env.TMPDIR ??= memoryFileSystem() ?? require('node:os').tmpdir();

// Told once per process and of no use in a test's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// @neon/sdk and Octokit are published as ES modules only; Jest runs CommonJS, so swc turns them over too.
const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
const project = (displayName, extra = {}) => ({
  displayName,
  roots: [`<rootDir>/test/${displayName}`],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  transform: { '^.+\\.(ts|js|mjs)$': swc },
  transformIgnorePatterns: [
    '/node_modules/(?!@neon/sdk/|@octokit/|universal-user-agent/|before-after-hook/|json-with-bigint/|content-type/)',
  ],
  ...extra,
});
const withPostgres = {
  globalSetup: '<rootDir>/test/support/start-postgres.ts',
  globalTeardown: '<rootDir>/test/support/stop-postgres.ts',
  setupFilesAfterEnv: ['<rootDir>/test/support/server-timeout.js'],
};

/** @type {import('jest').Config} */
module.exports = {
  reporters: ['default', '<rootDir>/test/support/count-reporter.js'],
  projects: [
    project('unit'),
    project('postgres', withPostgres),
    project('rehearsals', { ...withPostgres, slowTestThreshold: 60 }),
    project('infra', {
      globalSetup: '<rootDir>/test/support/synthesize.ts',
      globalTeardown: '<rootDir>/test/support/remove-synthesized.ts',
    }),
    project('doors', {
      ...withPostgres,
      globalSetup: '<rootDir>/test/doors/install.ts',
      setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'],
    }),
    project('versions', {
      globalSetup: '<rootDir>/test/versions/install.ts',
      setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'],
      slowTestThreshold: 60,
    }),
    project('local', {
      globalSetup: '<rootDir>/test/support/prepare-home.ts',
      globalTeardown: '<rootDir>/test/support/remove-home.ts',
      slowTestThreshold: 60,
      setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'],
    }),
    project('truth', { ...withPostgres, setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'] }),
    project('oracles', {
      ...withPostgres,
      slowTestThreshold: 240,
      setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'],
    }),
    project('faults', {
      globalSetup: '<rootDir>/test/support/prepare-faults.ts',
      globalTeardown: '<rootDir>/test/support/clear-faults.ts',
      slowTestThreshold: 300,
      setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'],
    }),
    project('bundles', {
      slowTestThreshold: 180,
      setupFilesAfterEnv: ['<rootDir>/test/support/deployment-timeout.js'],
    }),
    project('browser', { setupFilesAfterEnv: ['<rootDir>/test/support/long-timeout.js'] }),
  ],
};
