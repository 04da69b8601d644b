/** Whether the team was reached: what the mail server and each chat channel have answered. */
import type { BoxAnswer } from '#domain/evidence/document';

export type Delivery = {
  /** A mail address, or the name of a chat channel. */
  readonly to: string;
  readonly isDelivered: boolean;
  readonly answer: string;
};

const told = ({ to, answer }: Delivery) => `${to}: ${answer}`;

/** Box 15.1. A channel that was not reached fails the box and nothing else: the migration is as good as before. */
export const judgeDelivery = (deliveries: readonly Delivery[]): BoxAnswer => {
  const missed = deliveries.filter(({ isDelivered }) => !isDelivered);
  const reached = deliveries.filter(({ isDelivered }) => isDelivered);
  const sentences = [
    ...(missed.length > 0 ? [`not delivered to ${missed.map(told).join('; ')}`] : []),
    ...(reached.length > 0 ? [`delivered to ${reached.map(told).join('; ')}`] : []),
  ];
  return {
    box: '15.1',
    answer: missed.length > 0 ? 'failed' : 'proved',
    reason: sentences.join('. '),
    facts: { deliveries },
  };
};
