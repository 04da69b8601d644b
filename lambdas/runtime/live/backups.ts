import { createBackups } from '#adapters/postgres/backup/backups';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { ArtifactStore, Backups, Platform } from '#lambdas/ports';

export const makeBackups = (platform: Platform, store: ArtifactStore): Backups =>
  createBackups({ connection: (address) => platform.connection(address), store, readCatalog, fingerprintOf });
