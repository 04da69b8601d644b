/** The differences that a rollback may leave, one rule each; a rule takes what it knows out of the difference. */
import type { CatalogDefinition, CatalogObject, CatalogValue } from './catalog';
import { literalsOf } from './clauses';
import type { CatalogDifference, ChangedObject } from './difference';
import { parentOf } from './identifiers';

export type Remark = {
  /** `column order`, `NOT NULL constraint renamed`, `sequence renamed`, `enum value added`, `extension updated`. */
  readonly name: string;
  /** The object that it is about. */
  readonly identity: string;
  /** One sentence for a person. */
  readonly text: string;
};

export type GradingRule = {
  readonly grade: 'harmless' | 'irreversible';
  readonly take: (difference: CatalogDifference) => {
    readonly remarks: readonly Remark[];
    readonly rest: CatalogDifference;
  };
};

/** Takes one field out of the changed objects of a kind wherever `remarkOn` gives a remark. */
const takeField = (
  changed: readonly ChangedObject[],
  kind: string,
  field: string,
  remarkOn: (object: ChangedObject, before: CatalogValue, after: CatalogValue) => Remark | null,
) => {
  const remarks = new Map<string, Remark>();
  const left = changed.flatMap((object) => {
    const change = object.kind === kind && object.fields.find((one) => one.field === field);
    const remark = change ? remarkOn(object, change.before, change.after) : null;
    if (!remark) return [object];
    remarks.set(remark.identity, remark);
    const fields = object.fields.filter((one) => one !== change);
    return fields.length ? [{ ...object, fields }] : [];
  });
  return { remarks: [...remarks.values()], changed: left };
};

const fieldRule = (
  grade: GradingRule['grade'],
  kind: string,
  field: string,
  remarkOn: (object: ChangedObject, before: CatalogValue, after: CatalogValue) => Remark | null,
): GradingRule => ({
  grade,
  take: (difference) => {
    const { remarks, changed } = takeField(difference.changed, kind, field, remarkOn);
    return { remarks, rest: { ...difference, changed } };
  },
});

const columnOrder = fieldRule('harmless', 'column', 'position', ({ identity }) => ({
  name: 'column order',
  identity: parentOf(identity),
  text: `the columns of ${parentOf(identity)} are in another order: PostgreSQL adds a new column behind the others`,
}));

const notNullName = fieldRule('harmless', 'column', 'notNullName', ({ identity }) => ({
  name: 'NOT NULL constraint renamed',
  identity,
  text: `the NOT NULL constraint of ${identity} has another name`,
}));

const isSame = (one: CatalogDefinition, other: CatalogDefinition) =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].every(
    (field) => (one[field] ?? null) === (other[field] ?? null),
  );

const isTwinOf = (sequence: CatalogObject) => (other: CatalogObject) =>
  other.kind === 'sequence' && Boolean(other.definition['ownedBy']) && isSame(sequence.definition, other.definition);

/** A serial or identity column that was created again, whose sequence got another name. */
const sequenceRenamed: GradingRule = {
  grade: 'harmless',
  take: (difference) => {
    const pairs = difference.removed.flatMap((old) => {
      const twin = old.kind === 'sequence' ? difference.added.find(isTwinOf(old)) : undefined;
      return twin ? [{ old, twin }] : [];
    });
    const remarks = pairs.map(({ old, twin }) => ({
      name: 'sequence renamed',
      identity: twin.identity,
      text: `the sequence of ${twin.definition['ownedBy']} is called ${twin.identity}; it was ${old.identity}`,
    }));
    const renames = new Map(
      pairs.map(({ old, twin }, index) => [twin.definition['ownedBy'], { old, twin, remark: remarks[index] }]),
    );
    // A serial column's default names the sequence.
    const { changed } = takeField(difference.changed, 'column', 'default', ({ identity }, before, after) => {
      const rename = renames.get(identity);
      const expected = String(before).replace(
        `nextval('${rename?.old.identity}'::`,
        `nextval('${rename?.twin.identity}'::`,
      );
      return rename?.remark && expected === after ? rename.remark : null;
    });
    const twins = new Set(pairs.flatMap(({ old, twin }) => [old, twin]));
    const others = (objects: readonly CatalogObject[]) => objects.filter((object) => !twins.has(object));
    return { remarks, rest: { added: others(difference.added), removed: others(difference.removed), changed } };
  },
};

/** The labels that are new; null when an old one is gone or stands elsewhere. */
const addedLabels = (before: readonly string[], after: readonly string[]) => {
  let next = 0;
  const added = after.filter((label) => {
    if (label !== before[next]) return true;
    next += 1;
    return false;
  });
  return next === before.length ? added : null;
};

const enumValueAdded = fieldRule('irreversible', 'type', 'labels', ({ identity }, before, after) => {
  const added = addedLabels(literalsOf(before), literalsOf(after));
  if (!added?.length) return null;
  return {
    name: 'enum value added',
    identity,
    text: `${identity} keeps ${added.join(', ')}: PostgreSQL cannot remove a value from an enum type`,
  };
});

const extensionUpdated = fieldRule('irreversible', 'extension', 'version', ({ identity }, before, after) => ({
  name: 'extension updated',
  identity,
  text: `the extension ${identity} stays at version ${after}, it was ${before}: extensions have no way back`,
}));

export const gradingRules: readonly GradingRule[] = [
  ...[columnOrder, notNullName, sequenceRenamed],
  ...[enumValueAdded, extensionUpdated],
];
