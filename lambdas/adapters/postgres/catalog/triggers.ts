import { type CatalogFamily, enabledWord, functionName, isNoMember, isUserSchema, nameOf, ownerOf } from './family';

/** Triggers but for the internal ones, which are how PostgreSQL keeps foreign keys. */
export const triggers: CatalogFamily = () => `
SELECT 'trigger', ${nameOf('n.nspname', 'c.relname', 't.tgname')},
  pg_get_triggerdef(t.oid) AS "definition",
  ${functionName('t.tgfoid')} AS "function",
  ${enabledWord('t.tgenabled')} AS "enabled",
  CASE WHEN t.tgparentid <> 0 THEN true END AS "isInherited"
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND ${isUserSchema('n.nspname')} AND ${isNoMember('pg_class', 'c.oid')}
  AND ${isNoMember('pg_trigger', 't.oid')}`;

export const eventTriggers: CatalogFamily = () => `
SELECT 'event trigger', quote_ident(e.evtname),
  ${ownerOf('e.evtowner')} AS "owner",
  e.evtevent AS "event",
  ${functionName('e.evtfoid')} AS "function",
  (SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag COLLATE "C") FROM unnest(e.evttags) AS tag) AS "tags",
  ${enabledWord('e.evtenabled')} AS "enabled"
FROM pg_event_trigger e
WHERE ${isNoMember('pg_event_trigger', 'e.oid')}`;
