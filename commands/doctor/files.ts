/** What the team has written: migrations, conventions, production's statistics, the configuration of an installation. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readFolder } from '#adapters/folder/read-folder';
import { readStatisticsFile } from '#adapters/folder/statistics-file';
import { count } from '#domain/count';
import type { MigrationFolder } from '#domain/folders/folder';
import { recogniseFolder } from '#domain/folders/recognise';
import { conventionsFileName, parseConventions } from '#domain/review/conventions';
import { statisticsFileName } from '#domain/tables/production-statistics';
import { findOwnConfig } from '#infra/config';
import { type Finding, inTheWay, well, worthKnowing } from './finding';

const messageOf = (error: unknown) => (error as Error).message;

const all = ['review', 'rehearse', 'run', 'adopt', 'publish'] as const;

export type LookedAtFolder = { readonly findings: readonly Finding[]; readonly ownTables: readonly string[] };

const describeFolder = (directory: string, { form, migrations, notes }: MigrationFolder): readonly Finding[] => {
  const without = migrations.filter(({ down }) => down === null).length;
  return [
    well(`${directory}: ${count(migrations.length, 'migration')} in the form ${form}`),
    ...(without === 0
      ? []
      : [
          worthKnowing(
            `${without} of ${count(migrations.length, 'migration')} ${without === 1 ? 'has' : 'have'} no rollback`,
            `rehearse writes, runs and compares one for each; with --write it puts them where the form keeps them.`,
          ),
        ]),
    ...(notes.length === 0
      ? []
      : [
          worthKnowing(
            `${directory}: ${count(notes.length, 'note')}, the first: ${notes[0]}`,
            'rehearse says all of them.',
          ),
        ]),
  ];
};

export const lookAtMigrations = async (directory: string, form: string | null): Promise<LookedAtFolder> => {
  try {
    const { files, deeper } = await readFolder(directory);
    const folder = recogniseFolder(files, deeper, { form, location: directory });
    return { findings: describeFolder(directory, folder), ownTables: folder.ownTables };
  } catch (error) {
    const remedy =
      'Name the folder with --migrations DIR, and its form with --form where the folder shows several or none.';
    return { findings: [inTheWay(messageOf(error), remedy, all)], ownTables: [] };
  }
};

export const lookAtConventions = async (): Promise<readonly Finding[]> => {
  if (!existsSync(conventionsFileName)) return [];
  try {
    const conventions = parseConventions(conventionsFileName, await readFile(conventionsFileName, 'utf8'));
    return [well(`${conventionsFileName}: ${count(conventions.size, 'convention')}`)];
  } catch (error) {
    return [inTheWay(messageOf(error), 'Correct the file; docs/review.md shows one.', ['review', 'run'])];
  }
};

export const lookAtStatistics = async (directory: string): Promise<readonly Finding[]> => {
  try {
    const remedy = `statistics prints the one read-only query, and writes the file for beside the migrations.`;
    return (await readStatisticsFile(directory, null))
      ? [well(`${statisticsFileName}: how large production's tables are is known`)]
      : [
          worthKnowing(
            `how large production's tables are is not known: waits are told for the copy's sizes only`,
            remedy,
          ),
        ];
  } catch (error) {
    return [inTheWay(messageOf(error), 'Write the file again with statistics.', ['run'])];
  }
};

/** Only the deployment and what asks it need the file. */
export const lookAtConfiguration = async (folder: string): Promise<readonly Finding[]> => {
  try {
    const config = findOwnConfig(folder);
    if (config === null)
      return [
        worthKnowing(
          'there is no checklist.config.yaml here: nothing is deployed from this folder',
          'For AWS: copy checklist.config.example.yaml, which deploy names, and fill in what is yours.',
          ['deploy'],
        ),
      ];
    return [
      well(
        `checklist.config.yaml: installation ${config['installation.name']} in ${config['installation.region']}, mails from ${config['mail.sender']}, ${count(config['approvals.apply'].length, 'approver')} of the apply; deploy --check asks AWS for the rest`,
      ),
    ];
  } catch (error) {
    return [inTheWay(messageOf(error), 'Correct the lines that are named.', ['publish', 'deploy'])];
  }
};

/** Named, never shown. */
export const lookAtTokens = async (environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> => [
  environment['GITHUB_TOKEN']
    ? well('GITHUB_TOKEN is set: the code host is asked about a pull request')
    : worthKnowing(
        'GITHUB_TOKEN is not set: people attest to the review of a pull request (box 1.1)',
        'Set it to a token that may read pull requests.',
      ),
];
