/** The file with production's statistics on this machine: the one that was named, or the one beside the migrations. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInput } from '#domain/errors';
import {
  type ProductionStatistics,
  parseProductionStatistics,
  statisticsFileName,
} from '#domain/tables/production-statistics';

/** Null when none was named and none lies beside the folder. Errors: InvalidInput when it cannot be read or used. */
export const readStatisticsFile = async (
  migrations: string,
  named: string | null,
): Promise<{ readonly text: string; readonly value: ProductionStatistics } | null> => {
  const file = named ?? path.join(migrations, '..', statisticsFileName);
  try {
    const text = await readFile(file, 'utf8');
    return { text, value: parseProductionStatistics(named ?? statisticsFileName, text) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    if (named === null && code === 'ENOENT') return null;
    throw new InvalidInput(
      `${file} cannot be read (${code}); expected the file that npm run statistics writes, or no --statistics`,
      { cause },
    );
  }
};
