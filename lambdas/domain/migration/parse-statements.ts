/** From a source to statements that the workflow can run, or to one message that says what stands in the way. */
import { describeMetaCommand } from '#domain/sql/meta-command';
import { type ParsedStatement, parseSql } from '#domain/sql/parse-sql';
import { refusal, type Source } from '#domain/sql/source';
import { refuseUnfit } from './refused-statements';

// The parser stops at the first row behind it, which is a syntax error like any other: only the text before it shows the COPY.
const inlineCopy = /\bcopy\b[^;]*\bfrom\s+stdin\b[^;]*;\s*$/i;

/** The parser quotes the token it stopped at, which may be a secret between quotes or run to the end of the file. */
const shorten = (message: string): string =>
  message.replace(/at or near "(.*)"$/s, (all, token: string) => {
    if (/^(?:\w|U&)?['$]/i.test(token)) return 'at or near a quoted string';
    return token.length > 60 || token.includes('\n')
      ? `at or near "${token.split('\n', 1)[0]?.trim().slice(0, 60)} …"`
      : all;
  });

const describeProblem = (source: Source, problem: { message: string; offset: number }, advice: string): string => {
  if (inlineCopy.test(source.textOf({ start: 0, end: problem.offset })))
    return 'rows follow a COPY … FROM stdin: inline COPY data is for psql. Use INSERT, or load the rows by other means';
  const metaCommand = describeMetaCommand(source.textOf({ start: problem.offset, end: source.bytes.length }));
  if (metaCommand) return metaCommand;
  return `${shorten(problem.message)}; expected SQL as PostgreSQL parses it. ${advice}`;
};

/** Whatever PostgreSQL's parser takes, also what the workflow cannot run. Errors: MigrationRefused for a syntax error. */
export const parseAny = async (source: Source, advice: string): Promise<readonly ParsedStatement[]> => {
  const outcome = await parseSql(source);
  if ('problem' in outcome) {
    const { problem } = outcome;
    throw refusal(source.fileName, source.positionAt(problem.offset), describeProblem(source, problem, advice));
  }
  return outcome.statements;
};

/** `advice` ends the message for a syntax error. Errors: MigrationRefused. */
export const parseStatements = async (source: Source, advice: string): Promise<readonly ParsedStatement[]> => {
  const statements = await parseAny(source, advice);
  refuseUnfit(source, statements);
  return statements;
};
