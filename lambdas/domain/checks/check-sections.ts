/** Divides a checks file into tests and queries, and gives every `expect` and `save` to the statement it speaks of. */
import { commentsAbove } from '#domain/migration/statements';
import { isComment } from '#domain/sql/lexemes';
import type { ParsedStatement } from '#domain/sql/parse-sql';
import { refusal, type Source } from '#domain/sql/source';
import type { Directive } from './directives';

export type SectionStatement = {
  readonly parsed: ParsedStatement;
  readonly expects: readonly Directive[];
  readonly saves: readonly Directive[];
};

export type Section = { readonly heading: Directive; readonly statements: readonly SectionStatement[] };

type Building = {
  readonly heading: Directive;
  readonly statements: ParsedStatement[];
  readonly remarks: Directive[];
};

const byPosition = (source: Source, directives: readonly Directive[], statements: readonly ParsedStatement[]) => {
  const sections: Building[] = [];
  let current: Building | null = null;
  const parts = [
    ...directives.map((directive) => ({ start: directive.lexeme.start, directive, statement: null })),
    ...statements.map((statement) => ({ start: statement.start, directive: null, statement })),
  ].sort((one, other) => one.start - other.start);
  for (const { start, directive, statement } of parts) {
    if (directive?.keyword === 'test' || directive?.keyword === 'query') {
      current = { heading: directive, statements: [], remarks: [] };
      sections.push(current);
    } else if (directive?.keyword === 'probe' || directive?.keyword === 'application') current = null;
    else if (!current)
      throw refusal(
        source.fileName,
        source.positionAt(start),
        `this ${directive ? `"${directive.keyword}:"` : 'statement'} belongs to no test and no query; expected "-- test: <name>" or "-- query: <name>" above it. Add one`,
      );
    else if (statement) current.statements.push(statement);
    else current.remarks.push(directive);
  }
  return sections;
};

/**
 * A `save` speaks of the statement before it. An `expect` speaks of the statement on whose last line it stands, else of
 * the one directly below it, else of the one before it.
 */
const subjectOf = (source: Source, { statements }: Building, remark: Directive): ParsedStatement | undefined => {
  const before = statements.filter(({ end }) => end <= remark.lexeme.start).at(-1);
  if (remark.keyword === 'save') return before;
  if (before && source.positionAt(before.end).line === remark.at.line) return before;
  const after = statements.find(({ start }) => start > remark.lexeme.start);
  if (!after) return before;
  const above = commentsAbove(source, source.lexemes.filter(isComment), before?.end ?? 0, after.start);
  return above.includes(remark.lexeme) ? after : (before ?? after);
};

const settle = (source: Source, building: Building): Section => {
  const remarks = building.remarks.map((remark) => {
    const subject = subjectOf(source, building, remark);
    if (subject) return { remark, subject };
    throw refusal(
      source.fileName,
      remark.at,
      `this "${remark.keyword}:" refers to no statement; expected one ${remark.keyword === 'save' ? 'above' : 'above or below'} it in the same test. Move it`,
    );
  });
  const remarksOn = (statement: ParsedStatement, keyword: Directive['keyword']) =>
    remarks.flatMap(({ remark, subject }) => (subject === statement && remark.keyword === keyword ? [remark] : []));
  return {
    heading: building.heading,
    statements: building.statements.map((parsed) => ({
      parsed,
      expects: remarksOn(parsed, 'expect'),
      saves: remarksOn(parsed, 'save'),
    })),
  };
};

/** Errors: MigrationRefused for a statement, an `expect` or a `save` that belongs nowhere. */
export const sectionsOf = (
  source: Source,
  directives: readonly Directive[],
  statements: readonly ParsedStatement[],
): readonly Section[] => byPosition(source, directives, statements).map((building) => settle(source, building));
