/** What a review looks at in a database: its schema, its search_path and the sizes of its tables. Nothing is written. */
import type { ReviewedDatabase } from '#domain/review/review-migration';
import { readCatalog } from './catalog/read-catalog';
import { readDefaultSearchPath } from './default-search-path';
import { readConnectionUrl } from './plain-server/connection-url';
import { withOwnSession } from './session/session';
import { readTableStatistics } from './table-statistics';

/** Errors: InvalidInput for a URL that cannot be used, DatabaseUnreachable. */
export const readReviewedDatabase = async (url: string): Promise<ReviewedDatabase> => {
  const connection = readConnectionUrl(url);
  const catalog = await withOwnSession(connection, readCatalog);
  const searchPath = await readDefaultSearchPath(connection);
  return { catalog, searchPath, statistics: await readTableStatistics(connection) };
};
