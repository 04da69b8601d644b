import { deferPort } from '#lambdas/runtime/defer-port';

type Counter = { add(amount: number): Promise<number>; total(): Promise<number> };

const makeCounter = (): Counter => {
  let total = 0;
  return {
    add: async (amount) => {
      total += amount;
      return total;
    },
    total: async () => total,
  };
};

const methods = { add: true, total: true } as const;

test('a deferred port is made at its first call, once for all of its methods', async () => {
  const make = jest.fn(async () => makeCounter());
  const counter = deferPort<Counter>(methods, make);
  expect(make).not.toHaveBeenCalled();

  await Promise.all([counter.add(2), counter.add(3)]);

  expect(await counter.total()).toBe(5);
  expect(make).toHaveBeenCalledTimes(1);
});

test('a port that could not be made is made again by the next call', async () => {
  const make = jest
    .fn<Promise<Counter>, []>()
    .mockRejectedValueOnce(new Error('throttled'))
    .mockResolvedValue(makeCounter());
  const counter = deferPort<Counter>(methods, make);

  await expect(counter.add(1)).rejects.toThrow('throttled');
  expect(await counter.add(1)).toBe(1);
});
