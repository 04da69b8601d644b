#!/usr/bin/env node
/** `migration-checklist <command>`: the program of the installed package. */
import '#command-line/require-node';
import { callInstalled, installedCommands } from '#command-line/as-typed';
import { runCommand, say } from '#command-line/command';
import { exitCodes, UsageError } from '#command-line/exit-codes';
import { version } from '#lambdas/version';

/** Each runs when it is loaded, and only the one that was named is. */
const load: Readonly<Record<keyof typeof installedCommands, () => Promise<unknown>>> = {
  run: () => import('#commands/run/command'),
  review: () => import('#commands/review/command'),
  rehearse: () => import('#commands/rehearse/command'),
  'pull-request': () => import('#commands/pull-request/command'),
  doctor: () => import('#commands/doctor/command'),
  status: () => import('#commands/status/command'),
  'roll-back': () => import('#commands/run/roll-back-command'),
  drill: () => import('#commands/run/drill-command'),
  adopt: () => import('#commands/adopt/command'),
  settle: () => import('#commands/settle/command'),
  backup: () => import('#commands/backup/command'),
  restore: () => import('#commands/restore/command'),
  backups: () => import('#commands/backups/command'),
  approvals: () => import('#commands/approvals/command'),
  approve: () => import('#commands/approvals/command'),
  reject: () => import('#commands/approvals/command'),
  pages: () => import('#commands/pages/command'),
  statistics: () => import('#commands/statistics/command'),
  'mark-staging': () => import('#commands/mark-staging/command'),
  publish: () => import('#commands/publish/command'),
  deploy: () => import('#commands/deploy/command'),
  'verify-evidence': () => import('#commands/verify-evidence/command'),
};

const width = Math.max(...Object.keys(installedCommands).map((name) => name.length));

const usage = `migration-checklist ${version}: takes every Postgres migration through a 16-step checklist.

  migration-checklist <command> --help

${Object.entries(installedCommands)
  .map(([name, about]) => `  ${name.padEnd(width)}  ${about}`)
  .join('\n')}

Begin with: migration-checklist review DIR, then rehearse DIR.
Exit codes of every command: 0 well, 1 looked and found it bad, 2 what was given is wrong.`;

const isCommand = (name: string): name is keyof typeof load => Object.hasOwn(load, name);

callInstalled();
const [, , name = '--help', ...rest] = process.argv;
if (isCommand(name)) {
  const action = name === 'approve' || name === 'reject' ? [name] : [];
  process.argv.splice(2, process.argv.length - 2, ...action, ...rest);
  // A module that cannot be loaded ends the process with its error, which is what is wanted here.
  void load[name]();
} else
  runCommand(async () => {
    if (!['--help', '-h', 'help', '--version'].includes(name))
      throw new UsageError(
        `there is no command "${name}"; there are: ${Object.keys(load).join(', ')}. migration-checklist --help says what each does`,
      );
    say(name === '--version' ? version : usage);
    return exitCodes.done;
  });
