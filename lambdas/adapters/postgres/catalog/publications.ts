import { type CatalogFamily, columnNames, isNoMember, ownerOf } from './family';

/** Publications with what they publish. Subscriptions belong to the cluster and hold a secret: they are left out. */
export const publications: CatalogFamily = (version) => `
SELECT 'publication', quote_ident(p.pubname),
  ${ownerOf('p.pubowner')} AS "owner",
  NULLIF(p.puballtables, false) AS "isForAllTables",
  concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS "operations",
  NULLIF(p.pubviaroot, false) AS "isViaRoot",
  ${version >= 18 ? `CASE p.pubgencols WHEN 's' THEN 'stored' END AS "generatedColumns",` : ''}
  (SELECT string_agg(format('%I.%I%s%s', n.nspname, c.relname,
      ' (' || ${columnNames('r.prrelid', 'r.prattrs::int2[]')} || ')',
      ' WHERE ' || pg_get_expr(r.prqual, r.prrelid)), ', ' ORDER BY n.nspname, c.relname)
    FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.prpubid = p.oid) AS "tables",
  (SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname)
    FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid) AS "schemas"
FROM pg_publication p
WHERE ${isNoMember('pg_publication', 'p.oid')}`;
