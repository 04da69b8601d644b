/** Which extension has what a statement names and the server does not know. */

type Names = readonly (string | RegExp)[];

/** What PostgreSQL's contrib and a few others bring, as far as migrations name it. */
const brings: Readonly<Record<string, Names>> = {
  bloom: ['bloom'],
  citext: ['citext'],
  cube: ['cube', 'cube_distance'],
  dblink: [/^dblink(_|$)/],
  earthdistance: ['earth', 'earth_distance', 'earth_box', 'll_to_earth'],
  file_fdw: ['file_fdw'],
  fuzzystrmatch: [/^levenshtein/, 'soundex', 'difference', 'metaphone', 'dmetaphone', 'dmetaphone_alt', /^daitch_/],
  hstore: ['hstore', 'hstore_to_json', 'hstore_to_jsonb', 'gin_hstore_ops', 'gist_hstore_ops'],
  intarray: ['gin__int_ops', 'gist__int_ops', 'gist__intbig_ops', 'query_int', 'idx', 'sort_asc', 'sort_desc'],
  isn: ['isbn', 'isbn13', 'ean13', 'issn', 'issn13', 'ismn', 'upc'],
  ltree: ['ltree', 'lquery', 'ltxtquery', 'nlevel', 'subpath', 'gist_ltree_ops', 'text2ltree'],
  moddatetime: ['moddatetime'],
  pg_trgm: ['gin_trgm_ops', 'gist_trgm_ops', 'similarity', 'word_similarity', 'strict_word_similarity', 'show_trgm'],
  pgcrypto: ['crypt', 'gen_salt', 'digest', 'hmac', 'gen_random_bytes', /^pgp_/, 'encrypt', 'decrypt', 'armor'],
  postgis: [/^st_/, 'geometry', 'geography', 'box2d', 'box3d', 'gist_geometry_ops_2d'],
  postgres_fdw: ['postgres_fdw'],
  seg: ['seg'],
  tablefunc: [/^crosstab/, 'connectby', 'normal_rand'],
  timescaledb: ['create_hypertable', 'time_bucket', 'add_retention_policy', 'add_compression_policy'],
  unaccent: ['unaccent'],
  'uuid-ossp': [/^uuid_generate_v/, /^uuid_ns_/, 'uuid_nil'],
  vector: [
    'vector',
    'halfvec',
    'sparsevec',
    /^(?:vector|halfvec|bit|sparsevec)_(?:l2|ip|cosine|l1|hamming|jaccard)_ops$/,
    'hnsw',
    'ivfflat',
  ],
  xml2: ['xpath_string', 'xpath_table', 'xslt_process'],
};

/** An unknown object, function, or table. */
const unknownStates: readonly string[] = ['42704', '42883', '42P01'];

/** `type "citext" does not exist`, `function public.crypt(text) does not exist`: the name without its schema. */
const nameIn = (message: string): string | undefined =>
  (/"([^"]+)"/.exec(message)?.[1] ?? /^\S+ ([\w.]+)\(/.exec(message)?.[1])?.split('.').at(-1)?.toLowerCase();

const isScalarForGist = /data type (\S+(?: \S+)*) has no default operator class for access method "(gin|gist)"/;

/**
 * A hint for a person; undefined when no extension is known for it.
 *
 * @example
 * extensionBehind('42704', 'type "citext" does not exist')
 * // 'citext comes with the extension citext; --extension citext makes it first'
 */
export const extensionBehind = (sqlState: string | null, message: string): string | undefined => {
  if (!unknownStates.includes(sqlState ?? '')) return undefined;
  const [, type, method] = isScalarForGist.exec(message) ?? [];
  if (type !== undefined)
    return `${method} indexes ${type} with the extension btree_${method}; --extension btree_${method} makes it first`;
  const name = nameIn(message);
  if (name === undefined) return undefined;
  const found = Object.entries(brings).find(([, names]) =>
    names.some((one) => (typeof one === 'string' ? one === name : one.test(name))),
  );
  return found && `${name} comes with the extension ${found[0]}; --extension ${found[0]} makes it first`;
};
