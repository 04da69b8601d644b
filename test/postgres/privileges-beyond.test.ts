/** Privileges on what belongs to PostgreSQL or to an extension: a rollback that forgets them is not one to the schema of before. */
import { readCatalog } from '#adapters/postgres/catalog/read-catalog';
import { gradeRollbackOfNow } from '#domain/boxes/rollback-run';
import type { Catalog } from '#domain/catalog/catalog';
import { compareForSettlement } from '#domain/ledger/settlement';
import { withClient, withDatabase } from '#test/support/postgres';

const grants: readonly (readonly [string, string, string])[] = [
  [
    "a built-in function's",
    'GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO privileges_reader',
    'REVOKE EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) FROM privileges_reader',
  ],
  [
    "an extension's member's",
    'REVOKE EXECUTE ON FUNCTION public.similarity(text, text) FROM PUBLIC',
    'GRANT EXECUTE ON FUNCTION public.similarity(text, text) TO PUBLIC',
  ],
];

/** As a run keeps it and reads it again. */
const kept = (catalog: Catalog): Catalog => JSON.parse(JSON.stringify(catalog));

/** As version 0.9.0 kept it. */
const withoutForm = ({ objects }: Catalog): Catalog => ({ objects });

const known = (before: Catalog, after: Catalog, now: Catalog) => ({
  ...{ before, after, now },
  ...{ beforeFingerprint: null, afterFingerprint: null },
});

test.each(grants)(
  '%s privilege that a rollback forgets is a difference, and one that it gives back is none',
  (_, up, down) =>
    withDatabase((connection) =>
      withClient(connection, async (client) => {
        await client.query('DROP ROLE IF EXISTS privileges_reader');
        await client.query('CREATE EXTENSION pg_trgm; CREATE ROLE privileges_reader NOLOGIN');
        try {
          const before = kept(await readCatalog(client));
          await client.query(up);
          const forgotten = kept(await readCatalog(client));
          await client.query(down);
          const givenBack = kept(await readCatalog(client));

          for (const recorded of [before, withoutForm(before)]) {
            expect(gradeRollbackOfNow(recorded, forgotten, [])).toMatchObject({ verdict: 'differs' });
            expect(gradeRollbackOfNow(recorded, givenBack, []).verdict).toBe('exact');
            expect(compareForSettlement('rolled-back', known(recorded, forgotten, forgotten)).verdict).toBe('differs');
            expect(compareForSettlement('rolled-back', known(recorded, forgotten, givenBack)).verdict).toBe('equal');
          }
        } finally {
          await client.query('DROP OWNED BY privileges_reader; DROP ROLE privileges_reader');
        }
      }),
    ),
);
