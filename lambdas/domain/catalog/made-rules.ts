/** The rules that a migration makes or changes: what the declared tests of Step 10 are held against. */
import type { Catalog, CatalogObject } from './catalog';
import { type ChangedObject, differenceOf } from './difference';
import { lastPartOf, namesOf, parentOf, unquote } from './identifiers';
import { type CatalogTrigger, triggersOf } from './tables';

/** One rule that refuses rows: a key, a unique index, a constraint, a NOT NULL, a list of values. */
export type MadeRule = {
  /** `constraint public.orders.orders_qty_positive`, `public.orders.qty not null`. */
  readonly label: string;
  readonly object: CatalogObject;
  /** False for what comes with another rule: a partition's copy, and the NOT NULL of a primary key's columns. */
  readonly standsAlone: boolean;
};

export type MadeTrigger = CatalogTrigger & Pick<MadeRule, 'standsAlone'>;

export type MadeRules = {
  /** Unique indexes, those of keys among them, and exclusion constraints. */
  readonly unique: readonly MadeRule[];
  /** NOT NULL columns, foreign keys and checks, those of domains among them, and enums. */
  readonly required: readonly MadeRule[];
  /** Triggers that are new or changed, and those whose function is. */
  readonly triggers: readonly MadeTrigger[];
  /** What fires too and no test is known to have fired: event triggers and rules. */
  readonly otherTriggers: readonly string[];
};

const label = ({ kind, identity }: CatalogObject) =>
  kind === 'column' || kind === 'domain' ? `${identity} not null` : `${kind} ${identity}`;

const isUnique = ({ kind, definition }: CatalogObject) =>
  (kind === 'index' && definition['isUnique'] === true) ||
  (kind === 'constraint' && definition['type'] === 'exclusion');

export const isEnum = ({ kind, definition }: CatalogObject) => kind === 'type' && definition['form'] === 'enum';

const isRequirement = (object: CatalogObject) =>
  object.kind === 'domain constraint' ||
  ((object.kind === 'column' || object.kind === 'domain') && object.definition['isNullable'] === false) ||
  (object.kind === 'constraint' && ['foreign key', 'check'].includes(String(object.definition['type']))) ||
  isEnum(object);

const firesToo = ['event trigger', 'rule'];

// A changed owner, privilege or tablespace makes no other rule of it.
const decisiveFields = [
  ...['definition', 'type', 'isUnique', 'isNullable', 'isValidated', 'isEnforced', 'isValid', 'labels'],
  ...['function', 'enabled', 'triggers', 'event', 'tags'],
];

const isDecisive = ({ kind, fields }: ChangedObject) =>
  fields.some(({ field, after }) =>
    kind === 'column' ? field === 'isNullable' && after === false : decisiveFields.includes(field),
  );

/** The copy of a partitioned table's rule on a partition is the same rule. */
const isCopy = ({ kind, definition }: CatalogObject) =>
  (definition['inheritedFrom'] && !definition['isAlsoLocal']) ||
  (kind === 'index' && definition['partitionOf']) ||
  (kind === 'trigger' && definition['isInherited']);

/** Columns of primary keys: that they take no null is part of the key. */
const keyColumns = ({ objects }: Catalog): ReadonlySet<string> =>
  new Set(
    objects
      .filter(({ kind, definition }) => kind === 'constraint' && definition['type'] === 'primary key')
      .flatMap(({ identity, definition }) =>
        namesOf(String(definition['columns'] ?? '')).map((column) => JSON.stringify([parentOf(identity), column])),
      ),
  );

const ofKey = (keys: ReadonlySet<string>, { kind, identity }: CatalogObject) =>
  kind === 'column' && keys.has(JSON.stringify([parentOf(identity), unquote(lastPartOf(identity))]));

/**
 * Lists the rules that the migration creates or changes between two catalogs.
 *
 * @example
 * madeRules({ before, after }).unique // [{ label: 'index public.jobs_key', object: …, standsAlone: true }]
 */
export const madeRules = ({ before, after }: { readonly before: Catalog; readonly after: Catalog }): MadeRules => {
  const { added, changed } = differenceOf(before, after);
  const keys = keyColumns(after);
  const made: readonly CatalogObject[] = [
    ...added,
    ...changed.filter(isDecisive).map(({ kind, identity, after: definition }) => ({ kind, identity, definition })),
  ];
  const rulesWith = (matches: (object: CatalogObject) => boolean): readonly MadeRule[] =>
    made.filter(matches).map((object) => ({
      label: label(object),
      object,
      standsAlone: !isCopy(object) && !ofKey(keys, object),
    }));
  const identities = (wanted: string) => made.filter(({ kind }) => kind === wanted).map(({ identity }) => identity);
  const [triggers, functions] = [identities('trigger'), identities('function')];
  return {
    unique: rulesWith(isUnique),
    required: rulesWith(isRequirement),
    triggers: after.objects
      .filter(
        ({ kind, identity, definition }) =>
          kind === 'trigger' && (triggers.includes(identity) || functions.includes(String(definition['function']))),
      )
      .flatMap((object) =>
        triggersOf({ objects: [object] }).map((trigger) => ({ ...trigger, standsAlone: !isCopy(object) })),
      ),
    otherTriggers: rulesWith(({ kind }) => firesToo.includes(kind)).map((rule) => rule.label),
  };
};
