/** How a command is typed: from a clone by npm's scripts, from the installed package by its own name. */

/** Script of package.json → command of the package, where the names differ. */
const renamed: Readonly<Record<string, string>> = { start: 'run', 'publish-migrations': 'publish' };

/** The commands of the installed package, and what each is for. Scripts that are not here need the clone. */
export const installedCommands = {
  run: 'takes migrations through the checklist on this machine',
  review: 'says what would stop, lose or break something; needs no database',
  rehearse: 'takes a folder up, down and up again, and grades every rollback',
  'pull-request': 'reviews and rehearses what a pull request changes, and keeps one comment on it',
  doctor: 'says what of this machine and what was named is ready for which command',
  status: 'says what stands, what is unresolved, and what a person does',
  'roll-back': 'asks for the rollback of what stands, also long after its sign-off',
  drill: 'walks from an alarm to the incident report, on a server of its own',
  adopt: 'takes over a database that another tool has brought to where it is',
  settle: 'a person says what became of a version',
  backup: 'backs up a database, and believes it after it was restored',
  restore: 'brings a backup back, whole or single tables of it',
  backups: 'lists the backups that there are',
  approvals: 'lists what waits for people, and mails a new link',
  approve: 'decides from the terminal, openly',
  reject: 'the same, against it',
  pages: 'shows runs, reports and mails while nothing runs',
  statistics: "reads how large production's tables are",
  'mark-staging': 'declares that a database may be lost',
  publish: 'puts a folder of migrations where the deployed workflow reads them',
  deploy: 'deploys the workflow to AWS, once everything that it needs is there',
  'verify-evidence': "checks that a run's evidence is complete and unchanged",
} as const;

let isInstalled = false;

/** Called once, by the package's own program. */
export const callInstalled = (): void => {
  isInstalled = true;
};

/** The command that a script of package.json is in the installed package. */
export const commandOf = (script: string): string => renamed[script] ?? script;

const written = /npm (?:run )?(?:-s )?([a-z][a-z-]*[a-z])( --)?(?![\w-])/g;

/** The text as whoever started this process would type what it names. */
export const asTyped = (text: string): string =>
  isInstalled
    ? text.replaceAll(written, (all, script: string) => {
        const command = commandOf(script);
        return Object.hasOwn(installedCommands, command) ? `migration-checklist ${command}` : all;
      })
    : text;

/** npm takes options before `--` for itself, and hands them over as its own settings. */
export const swallowedOption = (names: readonly string[], environment: NodeJS.ProcessEnv): string | null => {
  if (isInstalled || environment['npm_lifecycle_event'] === undefined) return null;
  const keyOf = (name: string) => `npm_config_${name.replaceAll('-', '_')}`;
  return names.find((name) => (environment[keyOf(name)] ?? '') !== '') ?? null;
};
