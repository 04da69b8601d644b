/** Whether a backup may be restored into a database: what is wrong with it, told before anything is touched. */
import { count } from '#domain/count';
import type { SessionGroup } from '#domain/environment/sessions';
import type { BackupSource } from './manifest';

export type RestoreTarget = {
  readonly host: string;
  readonly database: string;
  /** `server_version_num`. */
  readonly server: number;
  readonly encoding: string;
  readonly isInRecovery: boolean;
  /** The first of what is there, as the server describes it, and how much there is; none in an empty database. */
  readonly objects: readonly string[];
  readonly objectCount: number;
  /** An earlier attempt has begun here. */
  readonly isMarked: boolean;
  /** A person has said that it may be lost. */
  readonly isStaging: boolean;
  readonly sessions: readonly SessionGroup[];
};

/** What a person may say that goes on all the same. */
export type Although = { readonly production: boolean; readonly inUse: boolean };

const majorOf = (server: number) => Math.floor(server / 10_000);

const namesProduction = (name: string) => /(^|[^a-z])(prod|production|prd)([^a-z]|$)/i.test(name);

const sessionsInWords = (sessions: readonly SessionGroup[]) =>
  sessions
    .map(({ application, role, count: number }) => `${number} of role ${role}${application && ` (${application})`}`)
    .join(', ');

/** What holds of both ways to restore; one sentence each, empty is good. */
const commonFaults = (target: RestoreTarget, source: BackupSource, although: Although): readonly string[] => [
  ...(majorOf(target.server) < majorOf(source.server)
    ? [
        `the server is PostgreSQL ${majorOf(target.server)}, and the backup is of PostgreSQL ${majorOf(source.server)}; restore it on ${majorOf(source.server)} or newer`,
      ]
    : []),
  ...(target.encoding !== source.encoding
    ? [
        `the database has the encoding ${target.encoding}, and the backup ${source.encoding}; make it with: CREATE DATABASE … TEMPLATE template0 ENCODING '${source.encoding}'`,
      ]
    : []),
  ...(target.isInRecovery ? ['the server is a read-only replica; restore on its primary'] : []),
  ...(target.sessions.length > 0 && !although.inUse
    ? [`others are connected to it: ${sessionsInWords(target.sessions)}; end their sessions, or say --although-in-use`]
    : []),
];

/** For all of a backup. An empty database carries no mark, so its names are all there is to tell production by. */
export const wholeFaults = (target: RestoreTarget, source: BackupSource, although: Although): readonly string[] => [
  ...(!although.production && !target.isStaging && [target.host, target.database].some(namesProduction)
    ? [
        `its name says that it is production (host ${target.host}, database "${target.database}"); restore into another one, or say --although-production`,
      ]
    : []),
  ...(target.objectCount > 0 && !target.isMarked
    ? [
        `it is not empty: ${count(target.objectCount, 'object')}, among them ${target.objects.join(', ')}; make an empty database (CREATE DATABASE … TEMPLATE template0), or restore single tables with --table`,
      ]
    : []),
  ...commonFaults(target, source, although),
];

/** For single tables of it, into a database that is in use. */
export const tableFaults = (target: RestoreTarget, source: BackupSource, although: Although): readonly string[] => [
  ...(!although.production && !target.isStaging
    ? [
        `it is not proved that it is staging: it carries no staging mark; a person sets it with "npm run mark-staging", or says --although-production`,
      ]
    : []),
  ...(target.isMarked ? ['it is half restored; finish that first, with the same restore command without --table'] : []),
  ...commonFaults(target, source, although),
];
