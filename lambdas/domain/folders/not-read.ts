/** Files of migrations that are not SQL to run, named for what they are. */
import { fileNameOf } from './file-path';
import type { FolderFile, FolderNote } from './folder';

const programs: Readonly<Record<string, string>> = {
  go: 'Go (goose, gormigrate)',
  js: 'JavaScript (Knex, Sequelize, node-pg-migrate)',
  cjs: 'JavaScript (Knex, Sequelize, node-pg-migrate)',
  mjs: 'JavaScript (Knex, Sequelize, node-pg-migrate)',
  ts: 'TypeScript (TypeORM, MikroORM, Kysely)',
  py: 'Python (Alembic, Django, yoyo)',
  rb: 'Ruby (Rails, Sequel)',
  java: 'Java (Flyway)',
  kt: 'Kotlin (Flyway, Exposed)',
  cs: 'C# (Entity Framework)',
  php: 'PHP (Laravel, Doctrine)',
  ex: 'Elixir (Ecto)',
  exs: 'Elixir (Ecto)',
  rs: 'Rust (SeaORM, refinery)',
};

const templateEndings = ['tmpl', 'tpl', 'template', 'gotmpl', 'erb', 'j2', 'jinja', 'mustache'];

const endingOf = (path: string) => /\.([a-z0-9]+)$/i.exec(fileNameOf(path))?.[1]?.toLowerCase() ?? '';

/** Endings of files whose names alone are looked at. */
export const namedEndings: readonly string[] = [...Object.keys(programs), ...templateEndings];

/** `{{ .Schema }}` or `{% if %}`; an array of arrays has commas or quotes in its braces. */
const templateText = /\{\{-?\s*[.$A-Za-z][^{},'"\n]*\}\}|\{%-?\s*\w+/;

const isSql = ({ path }: FolderFile) => endingOf(path) === 'sql';

const otherTools: readonly (readonly [text: RegExp, says: string])[] = [
  [
    /^\s*--\s*liquibase\s*formatted/i,
    'Liquibase formatted SQL, which is not read: rehearse what `liquibase update-sql` prints',
  ],
  [/^---- create above \/ drop below ----/m, 'a migration of tern, which is not read'],
  [/^-- (?:Deploy|Revert|Verify) \S+:\S+ to pg\b/m, 'a script of Sqitch, which is not read'],
];

/** What a file that no migration is made of is; null when nothing is to be said of it. */
const whatItIs = (file: FolderFile, form: string | null): string | null => {
  const ending = endingOf(file.path);
  const language = programs[ending];
  // Their tests and helpers lie there too; a number in front is what they share with migrations.
  if (language !== undefined)
    return /^[VR_]?\d|migration/i.test(fileNameOf(file.path)) ? `a migration in ${language}: only SQL is run` : null;
  if (templateEndings.includes(ending)) return 'a template, which its own tool fills in: it is not run';
  if (!isSql(file)) return null;
  const text = file.bytes.toString('utf8');
  const other = otherTools.find(([pattern]) => pattern.test(text));
  if (other) return other[1];
  return form === null ? null : `not in the form ${form}, so it is not run`;
};

/** Of the files that the form does not take; without a form only what is known of them by itself. */
export const notRead = (files: readonly FolderFile[], form: string | null): readonly FolderNote[] =>
  files.flatMap((file) => {
    const says = whatItIs(file, form);
    return says === null ? [] : [{ says, name: file.path }];
  });

/** Of the files that are run although they hold what a template's tool would have filled in first. */
export const unfilled = (files: readonly FolderFile[]): readonly FolderNote[] =>
  files
    .filter((file) => isSql(file) && templateText.test(file.bytes.toString('utf8')))
    .map(({ path }) => ({ says: 'holds a template such as {{ .name }}, which is not filled in', name: path }));
