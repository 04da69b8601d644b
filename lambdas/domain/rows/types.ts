/** The types that a schema makes itself, as far as values of them can be made. */
import type { Catalog } from '#domain/catalog/catalog';
import { parentOf, partsOf } from '#domain/catalog/identifiers';

export type MadeType =
  | { readonly form: 'enum'; readonly labels: readonly string[] }
  | { readonly form: 'composite'; readonly attributes: readonly string[] }
  | { readonly form: 'range'; readonly subtype: string }
  | {
      readonly form: 'domain';
      readonly type: string;
      readonly isNullable: boolean;
      /** `CHECK ((VALUE > 0))`. */
      readonly checks: readonly string[];
    };

/** By their names as `format_type` writes them with an empty search_path: `public."Mood"`. */
export type MadeTypes = ReadonlyMap<string, MadeType>;

/** `'sad', 'it''s ok'` → its texts. */
const labelsOf = (list: string): readonly string[] =>
  (list.match(/'(?:[^']|'')*'/g) ?? []).map((quoted) => quoted.slice(1, -1).replaceAll("''", "'"));

/** `a integer, "b c" numeric(10,2)` → the types. */
const attributeTypes = (list: string): readonly string[] =>
  (list.match(/(?:"(?:[^"]|"")*"|\([^)]*\)|[^,"(])+/g) ?? []).map((attribute) =>
    attribute
      .trim()
      .replace(/^(?:"(?:[^"]|"")*"|\S+)\s+/, '')
      .replace(/ COLLATE .*$/, ''),
  );

const ofKind = (definition: Readonly<Record<string, unknown>>): MadeType | null => {
  const text = (name: string) => String(definition[name] ?? '');
  if (definition['form'] === 'enum') return { form: 'enum', labels: labelsOf(text('labels')) };
  if (definition['form'] === 'composite') return { form: 'composite', attributes: attributeTypes(text('attributes')) };
  return definition['form'] === 'range' ? { form: 'range', subtype: text('subtype') } : null;
};

export const madeTypes = ({ objects }: Catalog): MadeTypes => {
  const types = new Map<string, MadeType>();
  for (const { kind, identity, definition } of objects) {
    if (kind === 'type') {
      const made = ofKind(definition);
      if (made) types.set(identity, made);
    }
    if (kind === 'domain') {
      const checks = objects
        .filter((one) => one.kind === 'domain constraint' && parentOf(one.identity) === identity)
        .map((one) => String(one.definition['definition']));
      const { type, isNullable } = definition;
      types.set(identity, { form: 'domain', type: String(type), isNullable: isNullable === true, checks });
    }
  }
  return types;
};

export type BaseType = {
  /** Without domains. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly checks: readonly string[];
};

/** Through domains over domains to what they stand on. */
export const baseOf = (type: string, types: MadeTypes): BaseType => {
  const made = types.get(type);
  if (made?.form !== 'domain') return { type, isNullable: true, checks: [] };
  const base = baseOf(made.type, types);
  return {
    type: base.type,
    isNullable: made.isNullable && base.isNullable,
    checks: [...made.checks, ...base.checks],
  };
};

/** `character varying(20)` → `character varying` and `20`; a name of an extension's type loses its schema. */
export const familyOf = (type: string): { readonly family: string; readonly modifiers: readonly number[] } => {
  const modifiers = /\(([\d,\s]+)\)/.exec(type)?.[1]?.split(',').map(Number) ?? [];
  const bare = type.replace(/\([\d,\s]+\)/, '').replace(/\s+/g, ' ');
  return { family: bare.includes('.') ? (partsOf(bare).at(-1) ?? bare) : bare, modifiers };
};
