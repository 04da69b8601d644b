/** `npm run statistics`: how large production's tables are, for boxes 3.4 and 3.5. */
import '#command-line/require-node';
import { writeFile } from 'node:fs/promises';
import { readConnectionUrl } from '#adapters/postgres/plain-server/connection-url';
import { productionStatisticsQuery, readProductionStatistics } from '#adapters/postgres/production-statistics';
import { parseCommandLine, runCommand, say, sayJson } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { count } from '#domain/count';
import { statisticsFileName } from '#domain/tables/production-statistics';
import { terminalLine } from '#domain/text/lines';
import { printJson } from '#domain/text/visible';

const usage = `How large production's tables are: rows and bytes, no data. A run tells and judges by it how long others wait there.

  npm run statistics                     the one query, which only reads; for psql:
                                         psql -XAt -f query.sql > ${statisticsFileName}
  npm run statistics -- --database-url URL --out ${statisticsFileName}
                                         runs it, read-only and for at most 10 s, and writes the file

Put the file beside the folder of migrations, or name it with --statistics of npm start;
npm run publish-migrations sends it along.

Options
  --database-url URL   of production, or of a replica of it; a role that may connect is enough
  --out FILE           where the file goes (default: standard output)
  --help               this text

Exit codes: 0 printed or written, 1 the database or the file could not be reached, 2 what was given is wrong.`;

const write = async (file: string, text: string) => {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new UsageError(
      `${file} could not be written (${(cause as NodeJS.ErrnoException).code}); name another file with --out`,
      { cause },
    );
  }
};

const main = async (): Promise<number> => {
  const { values } = parseCommandLine('npm run statistics', {
    options: {
      'database-url': { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { 'database-url': url, out } = values;
  if (values.help) say(usage);
  else if (url === undefined) {
    if (out !== undefined) throw new UsageError('--out was given without --database-url; name the database to ask');
    say(productionStatisticsQuery);
  } else {
    const statistics = await readProductionStatistics(readConnectionUrl(url));
    if (out === undefined) sayJson(statistics, 2);
    else {
      await write(out, `${printJson(statistics, 2)}\n`);
      say(terminalLine`✓ ${out}: ${count(statistics.tables.length, 'table')} of "${statistics.database}"`);
    }
  }
  return exitCodes.done;
};

runCommand(main);
