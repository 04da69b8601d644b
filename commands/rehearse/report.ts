/** The terminal's output of a rehearsal: a row per migration, the reasons for a bad verdict, and a line at the end. */
import { count } from '#domain/count';
import { terminalLine } from '#domain/text/lines';
import { onOneLine } from '#domain/text/visible';
import {
  dependsOnRows,
  isFine,
  leadsBack,
  type RehearsalError,
  type RehearsalResult,
  type WayBackOffer,
} from '#local/rehearsal/result';

const seconds = (milliseconds: number) =>
  milliseconds < 1_000 ? `${milliseconds} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;

const upWidth = 'fails with rows'.length;
const verdictWidth = 'irreversible by design'.length;

const row = (sign: string, name: string, nameWidth: number, up: string, rollback: string, duration: string) =>
  `${sign} ${onOneLine(name).padEnd(nameWidth)}  ${up.padEnd(upWidth)}  ${rollback.padEnd(verdictWidth)}  ${duration.padStart(8)}`.trimEnd();

/** A longer name moves only its own row to the right, not all rows. */
const widestName = 60;

export const nameWidthOf = (names: readonly string[]): number =>
  Math.min(widestName, Math.max(9, ...names.map((name) => name.length)));

export const tableHead = (nameWidth: number): string => row(' ', 'migration', nameWidth, 'up', 'rollback', 'time');

export const errorInWords = ({ phase, file, line, message }: RehearsalError): string => {
  // The message about a file that cannot be read contains name and line already.
  const position = message.startsWith(file) ? '' : `${file}${line === null ? '' : `:${line}`}: `;
  return `${phase}: ${position}${message}`;
};

const indented = (text: string, indent: string) => text.replaceAll(/^/gm, indent);

/** Loss first: whoever takes the SQL has read it then. */
const offerLines = (offer: WayBackOffer): readonly string[] => {
  const { verdict, sql, losses, differences, reasons } = offer;
  const sentence = (text: string) => terminalLine`      -- ${text}`;
  if (leadsBack(offer))
    return [
      `    missing; this one was rehearsed and is ${verdict}:`,
      ...differences.map(sentence),
      ...losses.map((text) => sentence(`loses: ${text}`)),
      ...sql.map((statement) => indented(`${statement};`, '      ')),
    ];
  if (verdict === 'exact' || verdict === 'harmless')
    return [
      '    missing; there is nothing to take back in the schema; rows are not looked at here',
      ...differences.map(sentence),
    ];
  return ['    missing, and none that leads back could be written:', ...reasons.map(sentence)];
};

/** What the person who runs the command has said is fine. */
type Allowances = { readonly allowsMissing?: boolean; readonly isStrict?: boolean };

/** The row, and below it whatever a person needs to act on. */
export const resultLines = (result: RehearsalResult, nameWidth: number, allowances: Allowances = {}): string => {
  const { migration, up, rollback, differences, losses, restoringSql, wayBack, error, notes, durationMs } = result;
  return [
    row(
      isFine(result, allowances) ? (dependsOnRows(result) ? '!' : '✓') : '✗',
      migration,
      nameWidth,
      up,
      rollback ?? '–',
      seconds(durationMs),
    ),
    ...(error ? [indented(errorInWords(error), '    ')] : []),
    ...differences.map((text) => indented(text, '    ')),
    ...losses.map((text) => indented(`after up and down: ${text}`, '    ')),
    ...(restoringSql.length > 0 ? ['    add to the rollback:'] : []),
    ...restoringSql.map((sql) => indented(`${sql};`, '      ')),
    ...(wayBack ? offerLines(wayBack) : []),
    ...notes.map((note) => terminalLine`    note: ${note}`),
  ].join('\n');
};

/** `2 exact, 1 differs`, in the order in which they came up. */
const countVerdicts = (results: readonly RehearsalResult[], { allowsMissing }: Allowances): string => {
  const counts = new Map<string, number>();
  for (const { rollback } of results) if (rollback) counts.set(rollback, (counts.get(rollback) ?? 0) + 1);
  return [...counts]
    .map(([verdict, number]) => `${number} ${verdict}${allowsMissing && verdict === 'missing' ? ' (allowed)' : ''}`)
    .join(', ');
};

/**
 * `wanted` names the migrations to rehearse; a result of another one is a migration that had to be applied before them, and
 * failed.
 */
export const summaryLine = (
  results: readonly RehearsalResult[],
  wanted: readonly string[],
  allowances: Allowances = {},
): string => {
  const rehearsed = results.filter(({ migration }) => wanted.includes(migration));
  const before = results.find(({ migration }) => !wanted.includes(migration));
  const verdicts = countVerdicts(rehearsed, allowances);
  const refused = rehearsed.filter(({ up }) => up === 'error').length;
  const refusedWithRows = rehearsed.filter(({ up }) => up === 'fails with rows').length;
  const depending = rehearsed.filter(dependsOnRows).length;
  const notRun = wanted.length - rehearsed.length;
  const parts = [
    ...(verdicts ? [`rollback ${verdicts}`] : []),
    ...(refused > 0 ? [`${refused} could not be applied`] : []),
    ...(refusedWithRows > 0 ? [`${refusedWithRows} cannot be applied on rows that the schema allows`] : []),
    ...(depending > 0 ? [`${count(depending, 'migration')} to be judged by the data`] : []),
    ...(before ? [`${before.migration}, which comes before, could not be applied`, `${notRun} not run`] : []),
    ...(notRun > 0 && !before ? [`stopped there, ${notRun} not run (--keep-going continues)`] : []),
  ];
  const total = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const sign = notRun === 0 && results.every((one) => isFine(one, allowances)) ? '✓' : '✗';
  return `${sign} ${count(rehearsed.length, 'migration')} in ${seconds(total)}: ${parts.join('; ') || 'none'}`;
};
