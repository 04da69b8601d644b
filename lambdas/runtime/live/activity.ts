import { createNeonActivity } from '#adapters/neon/neon-activity';
import type { Platform } from '#lambdas/ports/platform';
import type { Activity } from '#lambdas/ports/watching';
import type { Environment } from '../environment';

export const makeActivity = (environment: Environment, platform: Platform): Activity => {
  // Left out, the driver finds Neon's own beside the database's address.
  const sqlUrl = environment['NEON_SQL_URL'];
  return createNeonActivity({ platform, ...(sqlUrl && { sqlUrl }) });
};
