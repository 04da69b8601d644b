import { createCloudWatchMetrics } from '#adapters/aws/cloudwatch-metrics';

const target = { projectId: 'quiet-river-1', branchId: 'br-cold-sun-1', database: 'büro' };

/** What is printed while the work is done, parsed. */
const printedBy = async (work: () => Promise<void>): Promise<readonly Record<string, unknown>[]> => {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  const log = jest.spyOn(console, 'log').mockImplementation((text: unknown) => void lines.push(String(text)));
  try {
    await work();
  } finally {
    write.mockRestore();
    log.mockRestore();
  }
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

test('a look is printed in the embedded metric format, with the target as its only dimension', async () => {
  const metrics = createCloudWatchMetrics(target);

  const [line, ...more] = await printedBy(() => metrics.put({ ConnectionsUsed: 42.5, StatementTimeRatio: 1.2 }));

  expect(more).toEqual([]);
  expect(line).toMatchObject({
    Target: 'quiet-river-1/br-cold-sun-1/b%C3%BCro',
    ConnectionsUsed: 42.5,
    StatementTimeRatio: 1.2,
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'MigrationChecklist',
          Dimensions: [['Target']],
          Metrics: [
            { Name: 'ConnectionsUsed', Unit: 'Percent' },
            { Name: 'StatementTimeRatio', Unit: 'None' },
          ],
        },
      ],
    },
  });
  expect(line).not.toHaveProperty('service');
});

test('a metric that was not measured is not printed, and none lingers from the look before', async () => {
  const metrics = createCloudWatchMetrics(target);

  const lines = await printedBy(async () => {
    await metrics.put({ ConnectionsUsed: 42.5 });
    await metrics.put({ TargetUnreachable: 1 });
  });

  expect(lines[1]).toHaveProperty('TargetUnreachable', 1);
  expect(lines[1]).not.toHaveProperty('ConnectionsUsed');
});
