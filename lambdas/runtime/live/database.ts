import { createPostgresDatabase } from '#adapters/postgres/postgres-database';
import { bindSaved } from '#domain/migration/bind-saved';
import type { Database, Platform } from '#lambdas/ports';

export const makeDatabase = (platform: Platform): Database =>
  createPostgresDatabase({ connection: (address) => platform.connection(address), bindSaved });
