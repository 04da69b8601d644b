import { createPostgresDatabase } from '#adapters/postgres/postgres-database';
import { bindSaved } from '#domain/checks/bind-saved';
import type { Database } from '#lambdas/ports/database';
import type { Platform } from '#lambdas/ports/platform';

export const makeDatabase = (platform: Platform): Database =>
  createPostgresDatabase({ connection: (address) => platform.connection(address), bindSaved });
