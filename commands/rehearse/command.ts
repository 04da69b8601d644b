/** `npm run rehearse -- DIR`: takes every migration of a folder up, down and up again, and grades its rollback. */
import '#command-line/require-node';
import '#command-line/compile-little';
import path from 'node:path';
import { readFolder } from '#adapters/folder/read-folder';
import { runCommand, say, sayJson, warn } from '#command-line/command';
import { exitCodes } from '#command-line/exit-codes';
import { withInterruption } from '#command-line/interruption';
import { openWaitingLine } from '#command-line/waiting-line';
import { notComparedInRehearsal } from '#domain/catalog/compared';
import { tablesPresent } from '#domain/catalog/without-tables';
import { count } from '#domain/count';
import { recogniseFolder } from '#domain/folders/recognise';
import { selectMigrations } from '#domain/folders/select';
import { terminalLine } from '#domain/text/lines';
import { readBefore } from '#local/rehearsal/read-before';
import { isFine, type RehearsalResult } from '#local/rehearsal/result';
import type { TakenDown } from '#local/rehearsal/take-down';
import { writeWaysBack } from '#local/rehearsal/write-ways-back';
import { parseRehearseOptions, type RehearseOptions, rehearseHelp } from './options';
import { countRepeatedNotes } from './repeated-notes';
import { nameWidthOf, resultLines, summaryLine, tableHead } from './report';

/** Whoever reads one line reads what its verdict does not cover. */
const withNote = (result: RehearsalResult, { rows }: RehearseOptions) => ({
  ...result,
  notes: [...result.notes, notComparedInRehearsal(rows)],
});

const rehearse = async (options: RehearseOptions): Promise<number> => {
  const remark = options.json ? warn : say;
  const { files, deeper } = await readFolder(options.folder);
  const location = path.resolve(options.folder).split(path.sep).join('/');
  const { form, formId, migrations, notes, ownTables } = recogniseFolder(files, deeper, {
    form: options.form,
    location,
  });
  const selection = selectMigrations(migrations, options);
  const { rehearsed } = selection;
  remark(`${options.folder}: ${count(migrations.length, 'migration')} in the form ${form}`);
  for (const note of notes) remark(`  note: ${note}`);
  // Loaded only now, so that messages that need no server appear at once.
  const [{ withRehearsalGround }, { rehearseFolder }] = await Promise.all([
    import('#local/rehearsal/ground'),
    import('#local/rehearsal/rehearse-folder'),
  ]);

  const wanted = rehearsed.map(({ name }) => name);
  const nameWidth = nameWidthOf(wanted);
  const before = await readBefore(options.before);
  const repeated = countRepeatedNotes();
  let wentDown = true;
  const waitingLine = openWaitingLine(process.stderr);
  waitingLine.begin(options.databaseUrl === null ? 'starting PostgreSQL' : 'copying the database');
  try {
    const results = await withInterruption((interrupted) =>
      withRehearsalGround({ ...options, before }, interrupted, async ({ description, ground, start, leftOut }) => {
        waitingLine.end();
        remark(`on ${description}`);
        for (const name of options.extensions) remark(terminalLine`  note: the extension ${name} was made first`);
        if (before) remark(terminalLine`  note: ${before.fileName} was run first`);
        for (const { kind, identity, cause } of leftOut)
          remark(terminalLine`  note: the copies go without ${kind} ${identity}: ${cause}`);
        const present = tablesPresent(start.catalog, ownTables);
        for (const name of present) remark(terminalLine`  note: ${name} is the tool's own table: it is not compared`);
        if (options.rows > 0)
          remark(
            `  note: a table that a migration touches and that has no rows gets ${options.rows}, as its constraints allow them`,
          );
        remark(`  note: ${notComparedInRehearsal(options.rows)}`);
        if (!options.json) say(tableHead(nameWidth));
        return rehearseFolder({ ...ground, ownTables: present, rows: options.rows }, start, selection, {
          keepGoing: options.keepGoing,
          interrupted,
          onStart: ({ name }, isRehearsed) => waitingLine.begin(isRehearsed ? name : `${name} (applied only)`),
          onNote: (text) => remark(terminalLine`  note: ${text}`),
          ...(options.takesWhole && {
            onTakenDown: ({ isWhole, notes: said }: TakenDown) => {
              waitingLine.end();
              wentDown = isWhole;
              for (const note of said) remark(terminalLine`  ${note}`);
            },
          }),
          onResult: (result) => {
            waitingLine.end();
            if (options.json) sayJson(withNote(result, options));
            else say(resultLines({ ...result, notes: repeated.firstOf(result.notes) }, nameWidth, options));
          },
        });
      }),
    );
    waitingLine.end();
    for (const note of repeated.leftOut()) say(terminalLine`  note, ${note}`);
    if (options.writes)
      await writeWaysBack({ directory: options.folder, formId, files, migrations }, results, (text) =>
        remark(terminalLine`  ${text}`),
      );
    remark(summaryLine(results, wanted, options));
    return wentDown && results.length === wanted.length && results.every((one) => isFine(one, options))
      ? exitCodes.done
      : exitCodes.failed;
  } finally {
    waitingLine.end();
  }
};

const main = async (): Promise<number> => {
  const options = parseRehearseOptions(process.argv.slice(2));
  if (!options.help) return rehearse(options);
  say(rehearseHelp);
  return exitCodes.done;
};

runCommand(main);
