/** The rules that a migration makes or changes: what the declared tests of Step 10 are held against. */
import type { Catalog, CatalogObject } from './catalog';
import { type ChangedObject, differenceOf } from './difference';
import { type CatalogTrigger, triggersOf } from './tables';

export type MadeRules = {
  /** Unique indexes, those of keys among them, and exclusion constraints. */
  readonly unique: readonly string[];
  /** NOT NULL columns, foreign keys and checks, those of domains among them. */
  readonly required: readonly string[];
  /** Triggers that are new or changed, and those whose function is. */
  readonly triggers: readonly CatalogTrigger[];
  /** What fires too and no test is known to have fired: event triggers and rules. */
  readonly otherTriggers: readonly string[];
};

const label = ({ kind, identity }: CatalogObject) =>
  kind === 'column' || kind === 'domain' ? `${identity} not null` : `${kind} ${identity}`;

const isUnique = ({ kind, definition }: CatalogObject) =>
  (kind === 'index' && definition['isUnique'] === true) ||
  (kind === 'constraint' && definition['type'] === 'exclusion');

const isRequirement = ({ kind, definition }: CatalogObject) =>
  kind === 'domain constraint' ||
  ((kind === 'column' || kind === 'domain') && definition['isNullable'] === false) ||
  (kind === 'constraint' && (definition['type'] === 'foreign key' || definition['type'] === 'check'));

const firesToo = ['event trigger', 'rule'];

// A changed owner, privilege or tablespace makes no other rule of it.
const decisiveFields = [
  ...['definition', 'type', 'isUnique', 'isNullable', 'isValidated', 'isEnforced', 'isValid'],
  ...['function', 'enabled', 'triggers', 'event', 'tags'],
];

const isDecisive = ({ kind, fields }: ChangedObject) =>
  fields.some(({ field, after }) =>
    kind === 'column' ? field === 'isNullable' && after === false : decisiveFields.includes(field),
  );

/**
 * Lists the rules that the migration creates or changes between two catalogs.
 *
 * @example
 * madeRules({ before, after }).unique // ['index public.jobs_key']
 */
export const madeRules = ({ before, after }: { readonly before: Catalog; readonly after: Catalog }): MadeRules => {
  const { added, changed } = differenceOf(before, after);
  const made: readonly CatalogObject[] = [
    ...added,
    ...changed.filter(isDecisive).map(({ kind, identity, after: definition }) => ({ kind, identity, definition })),
  ];
  const labelled = (matches: (object: CatalogObject) => boolean) => made.filter(matches).map(label);
  const identities = (wanted: string) => made.filter(({ kind }) => kind === wanted).map(({ identity }) => identity);
  const [triggers, functions] = [identities('trigger'), identities('function')];
  return {
    unique: labelled(isUnique),
    required: labelled(isRequirement),
    triggers: triggersOf({
      objects: after.objects.filter(
        ({ kind, identity, definition }) =>
          kind === 'trigger' && (triggers.includes(identity) || functions.includes(String(definition['function']))),
      ),
    }),
    otherTriggers: labelled(({ kind }) => firesToo.includes(kind)),
  };
};
