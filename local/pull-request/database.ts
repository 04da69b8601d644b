/** What the review takes from the database that is named for the rehearsal. */
import type { ReviewGround } from '#domain/review/review-migration';

/** Where a server was only lent, nothing is known of what the migrations are for: then every table counts as there, with rows. */
export const withoutEmptyDatabase = (ground: ReviewGround): ReviewGround =>
  ground.database?.catalog.objects.some(({ kind }) => kind === 'table') ? ground : { ...ground, database: null };
