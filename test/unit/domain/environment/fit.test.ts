import { type Fit, findingsOfFit, secondsInWords } from '#domain/environment/fit';

const limits = { functionSeconds: 900, backupMegabytesPerSecond: 20, largestBackupGigabytes: null };
const fitOf = (databaseBytes: number, more: Partial<Fit> = {}): Fit => ({
  databaseBytes,
  limits,
  platform: 'neon',
  ...more,
});

const rulesOf = (given: Fit, statementsMs = 0) =>
  findingsOfFit(given, statementsMs).map(({ rule, severity }) => `${severity} ${rule}`);

test('what fits is not spoken of; what does not is told with size, rate, time and what to do', () => {
  expect(rulesOf(fitOf(18e9))).toEqual([]);
  const [found, ...others] = findingsOfFit(fitOf(40e9), 0);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ rule: 'backup-does-not-fit', severity: 'stop' });
  expect(found?.message).toBe(
    'the database has 40.0 GB: at 20 MB/s (backups.megabytesPerSecond) its backup takes about 33 min, and the function that makes it is ended after 15 min, so the run will stop at Step 5',
  );
  expect(found?.remedy).toContain('backups.largestGigabytes');
});

test('a place without a limit ends nothing', () => {
  expect(rulesOf(fitOf(4e12, { limits: { ...limits, functionSeconds: null } }), 1e9)).toEqual([]);
});

test('above the configured size the restore point alone is told, or that there is none', () => {
  const bounded = { ...limits, largestBackupGigabytes: 30 };

  expect(rulesOf(fitOf(40e9, { limits: bounded }))).toEqual(['warn backup-by-restore-point-alone']);
  expect(rulesOf(fitOf(40e9, { limits: bounded, platform: 'postgres' }))).toEqual(['stop no-backup-possible']);
  expect(rulesOf(fitOf(30e9, { limits: bounded }))).toEqual(['stop backup-does-not-fit']);
});

test('statements that take longer than a function lives are told as well', () => {
  expect(rulesOf(fitOf(1e9), 900_000)).toEqual([]);
  expect(rulesOf(fitOf(1e9), 901_000)).toEqual(['stop statements-do-not-fit']);
});

test.each([
  [0.2, '1 s'],
  [89, '89 s'],
  [900, '15 min'],
  [7500, '2 h 5 min'],
] as const)('%d s are said as %s', (seconds, words) => {
  expect(secondsInWords(seconds)).toBe(words);
});
