/** Runs what comes after the rows: keys and indexes by several sessions, then everything else in its order. */
import { type DumpObject, parseDumpHeader } from '#domain/backup/dump-object';
import type { LeftOut } from '#domain/backup/left-out';
import { isLostSession, type Session, sqlStateOf } from '../session/session';
import { runLanes } from './lanes';
import { readDump } from './read-dump';
import { type DumpRun, refuseAll, restoreSettings, runDump, type Steps } from './restore-dump';

/** pg_dump's types of what may be made beside each other once the rows are there. */
const independent: readonly string[] = ['INDEX', 'CONSTRAINT'];

type Build = { readonly statement: number; readonly sql: string };

/** Numbered as `runDump` numbers them. */
const listBuilds = async (text: Buffer): Promise<readonly Build[]> => {
  const builds: Build[] = [];
  let object: DumpObject | null = null;
  let statement = 0;
  for await (const part of readDump(inOne(text))) {
    if (part.kind === 'comment') {
      object = parseDumpHeader(part.text) ?? object;
      continue;
    }
    statement += 1;
    const isBuild = part.kind === 'statement' && object !== null && independent.includes(object.type);
    if (isBuild && /^(CREATE (UNIQUE )?INDEX|ALTER TABLE ONLY \S.*\bADD CONSTRAINT)\s/s.test(part.sql))
      builds.push({ statement, sql: part.sql });
  }
  return builds;
};

async function* inOne(text: Buffer): AsyncGenerator<Buffer> {
  yield text;
}

/**
 * What cannot be made beside the others, whatever the reason, is made in its turn, and complains there. Errors as `restoreDump`.
 */
export const restoreAfterRows = async (
  session: Session,
  lanes: readonly Session[],
  text: Buffer,
  options: { readonly steps: Steps; readonly before: readonly LeftOut[] },
): Promise<DumpRun> => {
  const { steps, before } = options;
  const built = new Set<number>();
  const builds = lanes.length > 1 ? (await listBuilds(text)).filter(({ statement }) => !steps.has(statement)) : [];
  for (const lane of builds.length > 1 ? lanes : []) await lane.query(`${restoreSettings}; SET search_path = ''`);
  if (builds.length > 1)
    await runLanes(lanes, builds, async (lane, { statement, sql }) => {
      try {
        await lane.query(`${sql}\n${steps.record(statement)}`);
        built.add(statement);
      } catch (error) {
        if (sqlStateOf(error) === null || isLostSession(error)) throw error;
      }
    });
  return runDump(session, inOne(text), refuseAll, {
    steps: { ...steps, has: (statement) => built.has(statement) || steps.has(statement) },
    before,
  });
};
