/** How large the target is and what the place allows, as Steps 3 and 5 see it. */
import type { Fit } from '#domain/environment/fit';
import type { Ports } from '#lambdas/ports/ports';

export const readFit = async ({ database, platform, settings }: Ports): Promise<Fit> => ({
  databaseBytes: await database.readDatabaseSize({ branchId: 'target' }),
  limits: settings.runLimits,
  platform: (await platform.describeTarget()).platform,
});
