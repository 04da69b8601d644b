import { type CatalogFamily, isNoMember, isUserSchema, nameOf, ownerOf } from './family';

export const textSearchConfigurations: CatalogFamily = () => `
SELECT 'text search configuration', ${nameOf('n.nspname', 'c.cfgname')},
  ${ownerOf('c.cfgowner')} AS "owner",
  ${nameOf('pn.nspname', 'p.prsname')} AS "parser",
  (SELECT string_agg(format('%s: %s', token.alias, list.names), '; ' ORDER BY token.alias COLLATE "C")
    FROM ts_token_type(c.cfgparser) AS token
    JOIN (
      SELECT m.maptokentype, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS names
      FROM pg_ts_config_map m WHERE m.mapcfg = c.oid GROUP BY m.maptokentype
    ) AS list ON list.maptokentype = token.tokid) AS "mapping"
FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_ts_config', 'c.oid')}`;

export const textSearchDictionaries: CatalogFamily = () => `
SELECT 'text search dictionary', ${nameOf('n.nspname', 'd.dictname')},
  ${ownerOf('d.dictowner')} AS "owner",
  ${nameOf('tn.nspname', 't.tmplname')} AS "template",
  d.dictinitoption AS "options"
FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace
JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_ts_dict', 'd.oid')}`;

/** Templates and parsers, the two that are made of functions. */
export const textSearchParts: CatalogFamily = () => `
SELECT 'text search template', ${nameOf('n.nspname', 't.tmplname')},
  concat_ws(', ', t.tmplinit, t.tmpllexize) AS "functions"
FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_ts_template', 't.oid')}
UNION ALL
SELECT 'text search parser', ${nameOf('n.nspname', 'p.prsname')},
  concat_ws(', ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype)
FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace
WHERE ${isUserSchema('n.nspname')} AND ${isNoMember('pg_ts_parser', 'p.oid')}`;
