/** Whether an expression is evaluated once for all rows, or anew for each of them. */
import type { Node } from 'libpg-query';
import { qualified, stringsOf, walk } from '#domain/sql/syntax';

/**
 * Functions of pg_catalog that people use in defaults and of which no overload is volatile; a test asks PostgreSQL for each. What is
 * not here and not known otherwise, such as an extension's, counts as volatile.
 */
export const stableFunctions: ReadonlySet<string> = new Set(
  `abs age array_append array_cat array_fill array_length array_position array_prepend array_remove array_to_json array_to_string
   btrim cardinality ceil ceiling char_length character_length concat concat_ws current_database current_schema current_setting
   date_part date_trunc daterange decode encode exp extract floor format initcap inet_client_addr int4multirange int4range int8range
   json_build_array json_build_object json_object jsonb_build_array jsonb_build_object jsonb_object jsonb_set jsonb_strip_nulls
   justify_days justify_hours left length lower lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz md5
   mod now num_nonnulls num_nulls numrange octet_length overlay pg_backend_pid pg_current_xact_id pg_typeof position power
   quote_ident quote_literal quote_nullable regexp_replace repeat replace reverse right round row_to_json rpad rtrim setweight
   sha224 sha256 sha384 sha512 sign split_part sqrt statement_timestamp string_to_array strpos substr substring textcat timezone
   to_char to_date to_hex to_json to_jsonb to_number to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array
   trunc tsrange tstzrange txid_current unistr upper`.split(/\s+/),
);

/** `schema.name` for a function whose schema is known, else the name alone. */
export type FunctionName = string;

/** The functions that an expression or a statement calls. */
export const functionsCalled = (expression: Node | undefined): readonly FunctionName[] => {
  const names: FunctionName[] = [];
  walk({ expression }, (kind, content) => {
    if (kind !== 'FuncCall') return;
    const parts = stringsOf(content['funcname'] as readonly Node[] | undefined);
    const isOwn = parts.length > 1 && parts.at(-2) !== 'pg_catalog';
    names.push(isOwn ? qualified(parts) : (parts.at(-1) ?? ''));
  });
  return names;
};

/** Without knowledge of the database: only PostgreSQL's own functions are known not to be volatile. */
export const mayBeVolatileAlone = (name: FunctionName): boolean => !stableFunctions.has(name);

/** now() and constants are evaluated once and stored in the catalog; a volatile default is evaluated row by row. */
export const isVolatile = (expression: Node | undefined, mayBeVolatile: (name: FunctionName) => boolean): boolean =>
  functionsCalled(expression).some(mayBeVolatile);
