// What `prisma migrate status` and `prisma migrate deploy` ask of Prisma's schema engine, which npm carries as WebAssembly: no binary
// has to be downloaded. Run in the folder of the installed tools.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { PrismaPg } = require('@prisma/adapter-pg');
const { bindMigrationAwareSqlAdapterFactory } = require('@prisma/driver-adapter-utils');
const home = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
const engineModule = await import(path.join(home, 'schema_engine_bg.js'));
const bytes = readFileSync(path.join(home, 'schema_engine_bg.wasm'));
const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': engineModule });
engineModule.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const folder = process.env.FOLDER;
const read = (...names) => readFileSync(path.join(folder, ...names), 'utf8');
const factory = new PrismaPg({ connectionString: process.env.DATABASE_URL });
const engine = await engineModule.SchemaEngine.new(
  { datamodels: undefined },
  () => {},
  bindMigrationAwareSqlAdapterFactory(factory),
);
const input = {
  migrationsList: {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: read('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: read(name, 'migration.sql') } },
      }))
      .sort((one, other) => one.path.localeCompare(other.path)),
  },
  filters: { externalTables: [], externalEnums: [] },
};
const found = await engine.diagnoseMigrationHistory({ ...input, optInToShadowDatabase: false });
const { appliedMigrationNames } = await engine.applyMigrations(input);
console.log(
  JSON.stringify({
    history: found.history,
    edited: found.editedMigrationNames,
    failed: found.failedMigrationNames,
    applied: appliedMigrationNames,
  }),
);
// The engine keeps its connection.
process.exit(0);
