/** The port Activity on any PostgreSQL server: a short session for each sample, without facts from a platform. */
import type { DatabaseAddress } from '#lambdas/ports/database';
import type { ConnectionSettings } from '#lambdas/ports/platform';
import type { Activity } from '#lambdas/ports/watching';
import { type Ask, findStatementsSchema, takeSample } from './activity-query';
import { type Session, withOwnSession } from './session/session';

const askIn =
  (session: Session): Ask =>
  async <Row>(text: string) =>
    (await session.query(text)).rows as Row[];

/** `connection` is asked at every look, so that no credential outlives its use. */
export const createPostgresActivity = (
  connection: (address: DatabaseAddress) => Promise<ConnectionSettings>,
): Activity => {
  const inSession = async <T>(work: (ask: Ask) => Promise<T>) =>
    withOwnSession(await connection({ branchId: 'target' }), (session) => work(askIn(session)));
  return {
    takeBaseline: () => inSession(async (ask) => takeSample(ask, await findStatementsSchema(ask))),
    look: ({ statementsSchema }) =>
      inSession(async (ask) => ({ state: 'awake', sample: await takeSample(ask, statementsSchema) })),
  };
};
