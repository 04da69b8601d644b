/** Step 15: whether the team was reached, and with which words. */
import { failed, judgeOf, proved, type Room } from './room';

export type Delivery = {
  /** A mail address, or the name of a chat channel. */
  readonly to: string;
  readonly isDelivered: boolean;
  /** What the mail server or the channel answered. */
  readonly answer: string;
};

export type NotifyFacts = {
  readonly deliveries: readonly Delivery[];
  readonly message: { readonly subject: string; readonly text: string };
};

const judge = judgeOf<NotifyFacts>();

/** What the checklist asks of the message, and the word with which the message begins it. */
const parts: readonly (readonly [part: string, heading: string])[] = [
  ['description', 'Description'],
  ['time', 'Execution time'],
  ['warnings', 'Warnings'],
  ['next steps', 'Next steps'],
];

/** The words below that heading; null where it is not there, or nothing follows it. */
const wordsBelow = (text: string, heading: string): string | null =>
  new RegExp(`^${heading}:\\s*(\\S[^\\n]*)`, 'm').exec(text)?.[1] ?? null;

const deliveryInWords = ({ to, answer }: Delivery) => `${to}: ${answer}`;

export const notifyTeam: Room<15, NotifyFacts> = {
  // A channel that was not reached fails the box and nothing else: the migration is as good as before.
  '15.1': judge(['deliveries'], ({ deliveries }) => {
    const missed = deliveries.filter(({ isDelivered }) => !isDelivered);
    const reached = deliveries.filter(({ isDelivered }) => isDelivered);
    const reason = [
      ...(missed.length > 0 ? [`not delivered to ${missed.map(deliveryInWords).join('; ')}`] : []),
      ...(reached.length > 0 ? [`delivered to ${reached.map(deliveryInWords).join('; ')}`] : []),
    ].join('. ');
    return missed.length > 0 ? failed(reason, { deliveries }) : proved(reason, { deliveries });
  }),
  '15.2': judge(['message'], ({ message }) => {
    const found = parts.map(([part, heading]) => ({ part, words: wordsBelow(message.text, heading) }));
    const missing = found.filter(({ words }) => words === null).map(({ part }) => part);
    const facts = { parts: found, message };
    return missing.length > 0
      ? failed(`the message lacks ${missing.join(', ')}`, facts)
      : proved('the message holds description, execution time, warnings and next steps', facts);
  }),
};
