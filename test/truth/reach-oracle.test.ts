/**
 * What reaches beyond a database, tried on a server that the target shares, as a superuser, to whom everything is allowed. Plain SQL looks at the
 * server before each run and after it was rejected at Approve apply.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { answerMails } from '#test/support/answer-mails';
import { readEvidence } from '#test/support/evidence-of-run';
import { type TruthCase, withCase } from '#test/support/truth-case';

const marker = path.join(tmpdir(), `migration-checklist-oracle-${process.pid}`);
const database = 'shop_reach_oracle';
const role = 'shop_reach_owner';
const kick = `pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'oracle-bystander'`;
const body = (code: string) => `DO $do$ BEGIN ${code} END $do$`;
const made = (code: string, call: string) =>
  `CREATE FUNCTION oracle_f() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN ${code} END $f$;\n-- called\n${call}`;

const forms: readonly string[] = [
  'CREATE ROLE oracle_r',
  'create   /* c */ user "oracle_r"',
  `ALTER ROLE ${role} SET work_mem = '8MB'`,
  `ALTER ROLE ${role} IN DATABASE ${database} SET work_mem = '8MB'`,
  `ALTER ROLE ${role} CONNECTION LIMIT 9`,
  `ALTER DATABASE ${database} SET timezone = 'Asia/Tokyo'`,
  `REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`,
  `COMMENT ON DATABASE ${database} IS 'x'`,
  `COMMENT ON ROLE ${role} IS 'x'`,
  `GRANT pg_read_all_stats TO ${role}`,
  `GRANT SET ON PARAMETER work_mem TO ${role}`,
  `SELECT ${kick}`,
  `SELECT PG_CATALOG."${kick.replace('(', '"(')}`,
  `WITH gone AS MATERIALIZED (SELECT ${kick}) SELECT count(*) FROM gone`,
  `CREATE TABLE oracle_t AS SELECT ${kick}`,
  'SELECT pg_reload_conf()',
  "SELECT pg_create_physical_replication_slot('oracle_slot')",
  "SELECT pg_replication_origin_create('oracle_origin')",
  `COPY (SELECT 1) TO PROGRAM 'cat > ${marker}'`,
  `COPY (SELECT 1) TO '${marker}'`,
  `SELECT lo_export(lo_from_bytea(0, 'x'), '${marker}')`,
  `UPDATE pg_database SET datconnlimit = 9 WHERE datname = '${database}'`,
  body('CREATE ROLE oracle_r;'),
  body(`PERFORM ${kick};`),
  body("EXECUTE 'CREATE ROLE oracle_r';"),
  body("EXECUTE format('CREATE ROLE %I', 'oracle_r');"),
  body("EXECUTE 'CREATE' || ' ROLE ' || quote_ident('oracle_r');"),
  body(`EXECUTE $x$ALTER DATABASE ${database} SET timezone = 'Asia/Tokyo'$x$;`),
  body(`COPY (SELECT 1) TO PROGRAM 'cat > ${marker}';`),
  body("EXECUTE E'ALTER ROLE ALL IN DATABASE shop_reach_oracle\\nSET work_mem = ''8MB''';"),
  made(`PERFORM ${kick};`, 'SELECT oracle_f()'),
  made('CREATE ROLE oracle_r;', body('PERFORM oracle_f();')),
  made("EXECUTE 'CREATE ROLE oracle_r';", 'CREATE TABLE oracle_t AS SELECT oracle_f()'),
  `CREATE FUNCTION oracle_f() RETURNS bigint LANGUAGE sql AS 'SELECT count(${kick.replace(' FROM', ') FROM').replaceAll("'", "''")}';\n-- called\nSELECT oracle_f()`,
  `CREATE FUNCTION oracle_g() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN PERFORM ${kick}; RETURN new; END $f$;\n-- trigger\nCREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION oracle_g();\n-- row\nINSERT INTO orders VALUES (2)`,
  // The target's own: a function, a procedure, a trigger.
  'SELECT kick_everybody()',
  'CALL kick_all()',
  'INSERT INTO kicking VALUES (1)',
  body('INSERT INTO kicking VALUES (1);'),
];

const setUp = `
CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE kicking (id int);
CREATE FUNCTION kick_everybody() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN PERFORM ${kick}; END $f$;
CREATE PROCEDURE kick_all() LANGUAGE plpgsql AS $f$ BEGIN PERFORM kick_everybody(); END $f$;
CREATE FUNCTION kick_on_insert() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN PERFORM kick_everybody(); RETURN new; END $f$;
CREATE TRIGGER kicks BEFORE INSERT ON kicking FOR EACH ROW EXECUTE FUNCTION kick_on_insert()`;

const look = `
SELECT (SELECT json_agg(r ORDER BY rolname) FROM pg_roles r WHERE rolname LIKE 'oracle%' OR rolname = '${role}')::text AS roles,
 (SELECT json_agg(m ORDER BY roleid, member) FROM pg_auth_members m WHERE member = '${role}'::regrole)::text AS members,
 (SELECT json_agg(s ORDER BY setdatabase, setrole) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase AND datname = '${database}'
   OR setrole = '${role}'::regrole WHERE datname = '${database}')::text AS settings,
 (SELECT d::text || coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database d WHERE datname = '${database}') AS database,
 shobj_description('${role}'::regrole, 'pg_authid') AS comment,
 (SELECT json_agg(p)::text FROM pg_parameter_acl p WHERE paracl::text LIKE '%${role}%') AS parameters,
 (SELECT json_agg(slot_name)::text FROM pg_replication_slots WHERE slot_name LIKE 'oracle%') AS slots,
 (SELECT json_agg(roname)::text FROM pg_replication_origin WHERE roname LIKE 'oracle%') AS origins,
 pg_conf_load_time()::text AS configuration,
 (SELECT json_agg(json_build_array(pid, backend_start))::text FROM pg_stat_activity WHERE application_name = 'oracle-bystander') AS bystander`;

type Seen = { readonly changed: readonly string[]; readonly proved: readonly string[] };

/** A run that is approved for its rehearsal and rejected at Approve apply: what changed on the server, and which boxes of the rehearsal are proved. */
const rehearse = async ({ superuser, migrations }: TruthCase, runtime: Runtime, form: string): Promise<Seen> => {
  await rm(marker, { force: true });
  const file = '001_reach.sql';
  await writeFile(
    path.join(migrations, file),
    `-- Purpose: reaches.\n\n-- reaches\n${form.includes('ROLLBACK') ? form : `${form};\n\n-- ROLLBACK\n-- SELECT 1`};\n`,
  );
  const [before] = await superuser(look);
  const { runId } = await startRun(runtime, file);
  const [after] = await superuser(look);
  const documents = await readEvidence(runtime.ports.store, runId);
  return {
    changed: [
      ...Object.keys(before ?? {}).filter((key) => before?.[key] !== after?.[key]),
      ...(existsSync(marker) ? ['a file'] : []),
    ],
    proved: documents
      .flatMap(({ boxes }) => boxes)
      .filter(({ box, answer }) => /^(6|13)\./.test(box) && answer === 'proved')
      .map(({ box }) => box),
  };
};

/** A few forms a test: each has its own database, and a machine that is busy takes a second for each form. */
const formsATest = 10;
const chunks = Array.from({ length: Math.ceil(forms.length / formsATest) }, (_, index) =>
  forms.slice(index * formsATest, (index + 1) * formsATest),
);

test('the oracle tries at least 25 forms', () => {
  expect(new Set(chunks.flat()).size).toBeGreaterThanOrEqual(25);
});

test.each(chunks.map((chunk, index) => [index + 1, chunk] as const))(
  'nothing that reaches beyond the database happens on the real server before Approve apply, and none of it is proved (%d)',
  (number, chunk) =>
    withCase(
      'oracle',
      { database, role, roleOptions: 'SUPERUSER', args: ['--approval-timeout', '5m'] },
      async (truthCase) => {
        await mkdir(truthCase.migrations, { recursive: true });
        await truthCase.owner(setUp);
        await truthCase.session('oracle-bystander');
        try {
          await truthCase.withRuntime(
            async (runtime) => {
              const stop = answerMails(runtime, (stage) => (stage === 'apply' ? 'rejected' : 'approved'));
              const seen: (Seen & { readonly form: string })[] = [];
              for (const form of chunk) seen.push({ form, ...(await rehearse(truthCase, runtime, form)) });
              const harmless =
                'ALTER TABLE orders ADD COLUMN note int;\n-- ROLLBACK\n-- ALTER TABLE orders DROP COLUMN note';
              const control = await rehearse(truthCase, runtime, harmless);
              stop();
              const wrong = seen.filter(({ changed, proved }) => changed.length > 0 || proved.length > 0);

              process.stdout.write(
                `reach oracle ${number} of ${chunks.length}: ${seen.length} forms, ${wrong.length} of them reached the server or were proved\n`,
              );
              expect(wrong).toEqual([]);
              // What stays in the database is rehearsed as ever.
              expect(control).toMatchObject({ changed: [], proved: expect.arrayContaining(['6.1', '6.2', '13.1']) });
            },
            { answering: false },
          );
        } finally {
          await rm(marker, { force: true });
          await truthCase.superuser(
            `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'oracle_slot';
           SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin WHERE roname = 'oracle_origin';
           DROP ROLE IF EXISTS oracle_r; REVOKE SET ON PARAMETER work_mem FROM ${role}; REVOKE pg_read_all_stats FROM ${role}`,
          );
        }
      },
    ),
);
