/** How large production's tables are: the file that `npm run statistics` writes, read and checked. */
import { InvalidInput } from '#domain/errors';

export type ProductionTable = {
  /** `schema.table`, unquoted. A partitioned table has the sums of its partitions. */
  readonly table: string;
  /** The larger of pg_class.reltuples and the live rows that were counted. */
  readonly rows: number;
  readonly heapBytes: number;
  readonly indexBytes: number;
  readonly toastBytes: number;
};

export type ProductionStatistics = {
  readonly format: 1;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly serverVersion: string;
  readonly database: string;
  readonly tables: readonly ProductionTable[];
};

/** Beside the folder of migrations; on AWS among the project's documents. */
export const statisticsFileName = 'production-statistics.json';

export const bytesOf = ({ heapBytes, indexBytes, toastBytes }: ProductionTable): number =>
  heapBytes + indexBytes + toastBytes;

type Fields = Readonly<Record<string, unknown>>;

const figures = ['rows', 'heapBytes', 'indexBytes', 'toastBytes'] as const;

const shown = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60));

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const flawsOfTable = (entry: unknown, at: number): readonly string[] => {
  const where = `tables[${at}]`;
  if (!isFields(entry)) return [`${where} is ${shown(entry)}, expected an object`];
  const name = entry['table'];
  const named = typeof name === 'string' && /^[^.]+\..+$/s.test(name);
  return [
    ...(named ? [] : [`${where}.table is ${shown(name)}, expected a name such as "public.orders"`]),
    ...figures
      .filter((figure) => !(Number.isFinite(entry[figure]) && (entry[figure] as number) >= 0))
      .map(
        (figure) =>
          `${where}.${figure}${named ? ` of ${name}` : ''} is ${shown(entry[figure])}, expected a number, 0 or more`,
      ),
  ];
};

const flawsOf = (value: unknown): readonly string[] => {
  if (!isFields(value)) return [`it holds ${shown(value)}, expected an object`];
  const { format, takenAt, serverVersion, database, tables } = value;
  if (format !== 1) return [`format is ${shown(format)}, expected 1`];
  const texts = Object.entries({ serverVersion, database }).filter(([, text]) => typeof text !== 'string');
  const isTime = typeof takenAt === 'string' && !Number.isNaN(Date.parse(takenAt));
  return [
    ...(isTime ? [] : [`takenAt is ${shown(takenAt)}, expected a time such as "2026-01-31T12:00:00Z"`]),
    ...texts.map(([name, text]) => `${name} is ${shown(text)}, expected a text`),
    ...(!Array.isArray(tables)
      ? [`tables is ${shown(tables)}, expected a list`]
      : tables.length === 0
        ? ['tables is empty, expected the tables of production; was the query run in the right database?']
        : [
            ...tables.flatMap(flawsOfTable),
            ...tables
              .filter((one, at) => tables.findIndex((other) => other?.table === one?.table) !== at)
              .map((one) => `${shown(one?.table)} is listed twice`),
          ]),
  ];
};

const mostTold = 5;

/** `fileName` is for the messages. Errors: InvalidInput with what is wrong with it. */
export const parseProductionStatistics = (fileName: string, text: string): ProductionStatistics => {
  const refuse = (flaws: readonly string[]) =>
    new InvalidInput(
      `${fileName} cannot be used as production's statistics: ${flaws.slice(0, mostTold).join('; ')}${flaws.length > mostTold ? `; and ${flaws.length - mostTold} more` : ''}. Write it anew with: npm run statistics -- --database-url URL --out ${fileName}`,
    );
  if (text.trim() === '') throw refuse(['it is empty']);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse([`it is not JSON (${(error as Error).message})`]);
  }
  const flaws = flawsOf(value);
  if (flaws.length > 0) throw refuse(flaws);
  const { format, takenAt, serverVersion, database, tables } = value as ProductionStatistics;
  return {
    format,
    takenAt,
    serverVersion,
    database,
    // What else an entry holds is nobody's business here.
    tables: tables.map(({ table, rows, heapBytes, indexBytes, toastBytes }) => ({
      table,
      rows,
      heapBytes,
      indexBytes,
      toastBytes,
    })),
  };
};
