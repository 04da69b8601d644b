import { rememberSuccess } from '#lambdas/runtime/remember-success';

test('a value is made once, also for those who ask at the same time', async () => {
  const make = jest.fn(async () => 'key');
  const remembered = rememberSuccess(make);

  expect(await Promise.all([remembered(), remembered()])).toEqual(['key', 'key']);
  expect(await remembered()).toBe('key');
  expect(make).toHaveBeenCalledTimes(1);
});

test('a failure is not remembered', async () => {
  const make = jest.fn<Promise<string>, []>().mockRejectedValueOnce(new Error('throttled')).mockResolvedValue('key');
  const remembered = rememberSuccess(make);

  await expect(remembered()).rejects.toThrow('throttled');
  expect(await remembered()).toBe('key');
});

test('a value that has grown old is made anew', async () => {
  let nowMs = 0;
  const make = jest.fn<Promise<string>, []>().mockResolvedValueOnce('old').mockResolvedValueOnce('new');
  const remembered = rememberSuccess(make, { maximumAgeMs: 1000, nowMs: () => nowMs });

  expect(await remembered()).toBe('old');
  nowMs = 999;
  expect(await remembered()).toBe('old');
  nowMs = 1000;
  expect(await remembered()).toBe('new');
});
