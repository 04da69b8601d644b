/** The tests of a checks file. */
import { refusal, type Source } from '#domain/sql/source';
import { placeholdersIn } from './bind-saved';
import type { Section, SectionStatement } from './check-sections';
import type { CheckStatement, DeclaredCheck, SavedColumn } from './checks';
import type { Directive } from './directives';
import { type Expectation, expectationForm, parseExpectation, parseSave, saveForm } from './expectations';
import { writtenTables } from './written-tables';

const expectationOf = (source: Source, { expects }: SectionStatement): Expectation | null => {
  const [first, second] = expects;
  if (second)
    throw refusal(
      source.fileName,
      second.at,
      `a second "expect:" for the statement that line ${first?.at.line} speaks of; expected one. Put each on the line above its statement`,
    );
  if (!first) return null;
  const expectation = parseExpectation(first.value);
  if (expectation) return expectation;
  throw refusal(
    source.fileName,
    first.at,
    `"${first.value}" cannot be expected of a test; expected ${expectationForm}. Correct it`,
  );
};

const savedBy = (source: Source, directive: Directive): readonly SavedColumn[] => {
  const saved = parseSave(directive.value);
  if (saved) return saved;
  throw refusal(
    source.fileName,
    directive.at,
    `"${directive.value}" cannot be saved; expected ${saveForm}. Correct it`,
  );
};

const refuseUnsaved = (source: Source, written: Source, { parsed }: SectionStatement, saved: ReadonlySet<string>) => {
  const sql = written.textOf(parsed);
  const missing = placeholdersIn(sql).find(({ name }) => !saved.has(name));
  if (!missing) return;
  const offset = parsed.start + Buffer.byteLength(sql.slice(0, missing.start));
  throw refusal(
    source.fileName,
    source.positionAt(offset),
    `no earlier statement of this test saves ${missing.name}; expected "-- save: ${missing.name}" behind one that returns it. Add it`,
  );
};

/** `source` has its placeholders masked, `written` is the file. Errors: MigrationRefused. */
export const declaredTest = (source: Source, written: Source, { heading, statements }: Section): DeclaredCheck => {
  if (statements.length === 0)
    throw refusal(
      source.fileName,
      heading.at,
      `the test "${heading.value}" has no statement. Add one, or remove the test`,
    );
  const saved = new Set<string>();
  const checked = statements.map((statement): CheckStatement => {
    const { parsed, saves } = statement;
    refuseUnsaved(source, written, statement, saved);
    const expectation = expectationOf(source, statement);
    const save = saves.flatMap((directive) => savedBy(source, directive));
    if (saves[0] && expectation?.kind === 'error')
      throw refusal(
        source.fileName,
        saves[0].at,
        `the statement before it must fail with ${expectation.sqlState} and so returns nothing. Save from one that succeeds`,
      );
    for (const { name } of save) saved.add(name);
    return {
      sql: written.textOf(parsed),
      line: source.positionAt(parsed.start).line,
      writes: writtenTables(parsed.node),
      expectedSqlState: expectation?.kind === 'error' ? expectation.sqlState : null,
      expectedRows: expectation?.kind === 'rows' ? expectation.rows : null,
      save,
    };
  });
  return { name: heading.value, line: heading.at.line, statements: checked };
};
