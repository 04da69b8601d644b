import { type CatalogFamily, isMadeByUser } from './family';

// Spelled as the function itself is, without the schema of PostgreSQL's own types in its arguments.
const identity = `CASE d.classoid WHEN 'pg_proc'::regclass THEN d.objoid::regprocedure::text ELSE object.identity END`;

const from = (systemCatalog: string) => `
FROM ${systemCatalog} d
CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) AS object
-- initdb made the schema public as well, but it is ours to comment on.
WHERE (${isMadeByUser('d.objoid')} OR d.classoid = 'pg_namespace'::regclass AND d.objoid = to_regnamespace('public'))
  AND object.identity !~ '(^| )(migration_checklist|pg_temp(_\\d+)?)(\\.|$)'
  AND NOT EXISTS (
    SELECT FROM pg_depend member
    WHERE member.classid = d.classoid AND member.objid = d.objoid AND member.deptype = 'e')`;

/** Comments on whatever can have one: `table column public.jobs.status`. Those on databases and roles are the cluster's. */
export const comments: CatalogFamily = () => `
SELECT 'comment', object.type || ' ' || ${identity}, d.description AS "text" ${from('pg_description')}`;

/** Labels of security providers, such as the masking rules of an anonymizer. */
export const securityLabels: CatalogFamily = () => `
SELECT 'security label', format('%s %s for %I', object.type, ${identity}, d.provider), d.label AS "text" ${from('pg_seclabel')}`;
