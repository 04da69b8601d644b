/** How many rows a table has, for people. */
import { count } from '#domain/count';
import type { TableStatistics } from '#domain/tables/statistics';

export const rowEstimate = ({ estimatedRows }: TableStatistics): string =>
  estimatedRows === null
    ? 'number of rows unknown: never analysed with rows in it; run ANALYZE on it'
    : `about ${count(Math.round(estimatedRows), 'row')}`;
