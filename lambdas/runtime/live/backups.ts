import { createBackups } from '#adapters/postgres/backup/backups';
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { fingerprintOf } from '#domain/catalog/fingerprint';
import type { Backups } from '#lambdas/ports/backups';
import type { Platform } from '#lambdas/ports/platform';
import type { Clock } from '#lambdas/ports/ports';
import type { ArtifactStore } from '#lambdas/ports/store';

export const makeBackups = (platform: Platform, store: ArtifactStore, clock: Clock): Backups =>
  createBackups({ connection: (address) => platform.connection(address), store, clock, readCatalog, fingerprintOf });
