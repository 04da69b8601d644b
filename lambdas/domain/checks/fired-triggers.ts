/**
 * Which triggers the tests were seen to fire. PostgreSQL names the function, not the trigger: where several triggers have the same
 * function, the tables that the statement wrote to decide, and where they do not, none of the triggers counts as fired.
 */
import type { Catalog, CatalogObject } from '#domain/catalog/catalog';
import { lastPartOf, parentOf, partsOf, unquote } from '#domain/catalog/identifiers';
import type { CheckResult, ContextLine, DeclaredCheck, WrittenTable } from './checks';

export type Firing = {
  /** `public.jobs.trg`, as the catalog has it. */
  readonly trigger: string;
  readonly test: string;
  /** True when the trigger's function ended the statement with the error that the test expects. */
  readonly hasRefused: boolean;
};

type Trigger = {
  readonly identity: string;
  /** Unquoted. */
  readonly schema: string;
  readonly table: string;
  readonly function: string;
  readonly events: readonly string[];
  /** True with WHEN or UPDATE OF: written rows need not fire it. */
  readonly isConditional: boolean;
  /** True for one that a statement fires only by a row that it writes. */
  readonly needsRow: boolean;
};

const words = /^CREATE (?:CONSTRAINT )?TRIGGER .*? (?:BEFORE|AFTER|INSTEAD OF) (.*?) ON /s;

const triggerOf = ({ identity, definition }: CatalogObject): Trigger => {
  const text = String(definition['definition'] ?? '');
  const events = words.exec(text)?.[1] ?? '';
  const [schema = '', table = ''] = partsOf(parentOf(identity));
  return {
    identity,
    schema,
    table,
    function: partsOf(String(definition['function']).replace(/\(\)$/, '')).join('.'),
    events: ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'].filter((event) => new RegExp(`\\b${event}\\b`).test(events)),
    isConditional: / WHEN \(/.test(text) || / OF /.test(events),
    needsRow: / FOR EACH ROW /.test(text) && !/ INSTEAD OF /.test(text),
  };
};

/** Those that can fire; a partition's copy counts for its parent's, which has the same name. */
const triggersIn = ({ objects }: Catalog): readonly Trigger[] =>
  objects
    .filter(
      ({ kind, definition }) => kind === 'trigger' && ['enabled', 'always'].includes(String(definition['enabled'])),
    )
    .map(triggerOf);

const isCopyOf = (catalog: Catalog) => {
  const parents = new Map(
    catalog.objects
      .filter(({ kind, definition }) => kind === 'table' && typeof definition['partitionOf'] === 'string')
      .map(({ identity, definition }) => [identity, String(definition['partitionOf'])]),
  );
  const copies = new Set(
    catalog.objects
      .filter(({ kind, definition }) => kind === 'trigger' && definition['isInherited'])
      .map((one) => one.identity),
  );
  /** The trigger as the topmost partitioned table has it. */
  return (identity: string): string => {
    let original = identity;
    while (copies.has(original)) {
      const parent = parents.get(parentOf(original));
      if (parent === undefined) break;
      original = `${parent}.${lastPartOf(original)}`;
    }
    return original;
  };
};

const isWritten = ({ schema, table, events }: Trigger, written: readonly WrittenTable[]) =>
  written.some(
    (one) =>
      one.name === table &&
      (one.schema === null || one.schema === schema) &&
      // A trigger whose text could not be read fires at anything.
      (events.length === 0 || one.events.some((event) => events.includes(event))),
  );

/** The triggers that a call of the function must come from, of those that the statement can have fired. */
const firedBy = (
  triggers: readonly Trigger[],
  calledFunction: string,
  canFire: (trigger: Trigger) => boolean,
  originalOf: (identity: string) => string,
): readonly string[] => {
  const sharing = triggers.filter((trigger) => trigger.function === calledFunction);
  const originals = (some: readonly Trigger[]) => [...new Set(some.map(({ identity }) => originalOf(identity)))];
  if (originals(sharing).length === 1) return originals(sharing);
  const possible = sharing.filter(canFire);
  return originals(possible).length === 1
    ? originals(possible)
    : originals(possible.filter(({ isConditional }) => !isConditional));
};

const name = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const target = new RegExp(
  `\\b(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE(?: TABLE)?)\\s+(?:ONLY\\s+)?(${name}(?:\\s*\\.\\s*${name})?)`,
  'giu',
);

/** What a statement inside a function writes to, by its first words: PostgreSQL's context holds its text. */
const writtenInside = (text: string): readonly WrittenTable[] =>
  [...text.matchAll(target)].map(([, verb = '', written = '']) => {
    const parts = partsOf(written);
    const [word = ''] = verb.toUpperCase().split(' ');
    const events = word === 'MERGE' ? (['INSERT', 'UPDATE', 'DELETE'] as const) : [word as 'INSERT'];
    return { schema: parts.length > 1 ? (parts[0] ?? null) : null, name: unquote(parts.at(-1) ?? ''), events };
  });

/** The lines below the function's own, up to the next function, are the statement that fired it; none: the test's own statement. */
const writtenAround = (context: readonly ContextLine[], position: number, own: readonly WrittenTable[]) => {
  const below = context.slice(position + 1);
  const next = below.findIndex((line) => line.function !== null);
  const inside = (next < 0 ? below : below.slice(0, next)).map(({ text }) => text).join('\n');
  return inside === '' ? own : writtenInside(inside);
};

/**
 * What the tests that passed have fired.
 *
 * @example
 * firedTriggers(declared, results, catalog) // [{ trigger: 'public.audit.append_only', test: 'nothing is changed', hasRefused: true }]
 */
export const firedTriggers = (
  declared: readonly DeclaredCheck[],
  results: readonly CheckResult[],
  catalog: Catalog,
): readonly Firing[] => {
  const triggers = triggersIn(catalog);
  const originalOf = isCopyOf(catalog);
  return results
    .filter(({ passed }) => passed)
    .flatMap((result) => {
      const statements = declared.find(({ line }) => line === result.line)?.statements ?? [];
      const ownOf = (line: number) => statements.find((statement) => statement.line === line)?.writes ?? [];
      const fired = (called: string, canFire: (trigger: Trigger) => boolean, hasRefused: boolean) =>
        firedBy(triggers, called, canFire, originalOf).map((trigger) => ({ trigger, test: result.name, hasRefused }));
      return [
        ...(result.errors ?? []).flatMap(({ line, context }) =>
          context.flatMap((one, position) => {
            const written = writtenAround(context, position, ownOf(line));
            return one.function === null ? [] : fired(one.function, (trigger) => isWritten(trigger, written), true);
          }),
        ),
        ...(result.activity ?? []).flatMap(({ line, calledFunctions, writes }) => {
          const all = [...ownOf(line), ...writes];
          const canFire = (trigger: Trigger) => isWritten(trigger, trigger.needsRow ? writes : all);
          return calledFunctions.flatMap((called) => fired(called, canFire, false));
        }),
      ];
    });
};
