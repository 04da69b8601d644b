/** Writes docs/reference.md from what each command says with --help: node --import tsx docs/generate-reference.ts */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandOf, installedCommands } from '#command-line/as-typed';

const root = path.join(__dirname, '..');
export const referenceFile = path.join(__dirname, 'reference.md');

/** `npm start` and `npm run …` of our own programs, with the files that they start. */
export const programs = (): readonly (readonly [script: string, file: string])[] => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  return Object.entries(scripts).flatMap(([name, script]) => {
    const [, file] = /^node --import tsx (commands\/\S+)$/.exec(script) ?? [];
    return file === undefined ? [] : [[name, file] as const];
  });
};

/** The part of one command: how it is typed, and what it says. */
export const sectionOf = (script: string, help: string): string => {
  const command = commandOf(script);
  const about = Object.hasOwn(installedCommands, command)
    ? `From the installed package: \`migration-checklist ${command}\`.`
    : 'Needs a clone.';
  const title = script === 'start' ? 'npm start' : `npm run ${script}`;
  return `## ${title}\n\n${about}\n\n\`\`\`\n${help.trimEnd()}\n\`\`\`\n`;
};

const introduction = `# Reference

What each command says with \`--help\`; made by \`node --import tsx docs/generate-reference.ts\`, and held current by a test. Elsewhere: the
[forms of folders](rehearse.md#forms), the [rules of the review](rules/README.md) and its [settings](review.md#let-something-pass), the
[settings of an installation](../checklist.config.example.yaml), [exit codes](operations.md#exit-codes), [what is compared](compared.md).
`;

const generate = () => {
  const sections = programs().map(([script, file]) =>
    sectionOf(
      script,
      execFileSync(process.execPath, ['--import', 'tsx', file, '--help'], { cwd: root, encoding: 'utf8' }),
    ),
  );
  writeFileSync(referenceFile, [introduction, ...sections].join('\n'));
};

if (require.main === module) generate();
