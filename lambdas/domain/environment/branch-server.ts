/** How the server of a branch differs between before a migration and after its rollback, as far as the branch is its owner. */
import { type ServerState, serverStateDifference } from './server-state';

/** True where the branch is a scratch database beside the target: such a branch is named as its database is. */
export const sharesServer = (branchId: string, { database }: ServerState): boolean => branchId === database;

/** What comes and goes by itself, or is a counter: no migration puts it back. */
const lasting = (state: ServerState): ServerState => ({
  ...state,
  databases: state.databases.map((database) => ({ ...database, sessionsEnded: null })),
  sharedObjects: state.sharedObjects.filter(({ kind }) => kind === 'tablespace' || kind === 'parameter'),
  configurationLoadedAt: '',
});

const ofDatabaseAlone = (state: ServerState): ServerState => ({
  ...state,
  roles: [],
  memberships: [],
  sharedObjects: [],
  settings: state.settings.filter(({ database }) => database === state.database),
  databases: state.databases.filter(({ name }) => name === state.database),
  notes: state.notes.filter(
    ({ on }) => on === `database "${state.database}"` || on.startsWith(`database "${state.database}" by `),
  ),
});

/** One line each; on a shared server those of the branch's own database alone, because others work beside it. */
export const branchServerDifference = (
  before: ServerState,
  after: ServerState,
  isShared: boolean,
): readonly string[] => {
  const compared = (state: ServerState) => lasting(isShared ? ofDatabaseAlone(state) : state);
  return serverStateDifference(compared(before), compared(after));
};

/** What is said beside it on a shared server. */
export const sharedServerInWords =
  'roles, memberships and settings of roles are not compared: the copy is a database on the server of the target';
