import { type Delivery, notifyTeam } from '#domain/boxes/15-notify-team';
import { answerOf, answersByBox, answersOf } from '#test/support/judged';

const mail = { to: 'team@example.org', isDelivered: true, answer: '250 accepted' };

const delivered = (...deliveries: readonly Delivery[]) => answerOf(notifyTeam, '15.1', { deliveries });

test('a message that reached everybody proves the box', () => {
  const deliveries = [mail, { to: 'checklist/chat', isDelivered: true, answer: '200 ok' }];

  expect(delivered(...deliveries)).toEqual({
    box: '15.1',
    answer: 'proved',
    reason: 'delivered to team@example.org: 250 accepted; checklist/chat: 200 ok',
    facts: { deliveries },
  });
});

test('a channel that was missed fails the box and is named first', () => {
  expect(delivered(mail, { to: 'checklist/chat', isDelivered: false, answer: '404 no_service' })).toMatchObject({
    answer: 'failed',
    reason: 'not delivered to checklist/chat: 404 no_service. delivered to team@example.org: 250 accepted',
  });
});

test('a message that reached nobody says only that', () => {
  expect(delivered({ ...mail, isDelivered: false, answer: '550 unknown' })).toMatchObject({
    answer: 'failed',
    reason: 'not delivered to team@example.org: 550 unknown',
  });
});

const text = 'Description: jobs\n\nExecution time: 1.2 s\n\nWarnings:\n  10.1 open: none\n\nNext steps: watched';

test.each([
  ['Description: jobs\n\n', 'description'],
  ['Execution time: 1.2 s\n\n', 'time'],
  ['Warnings:\n  10.1 open: none\n\n', 'warnings'],
  ['Next steps: watched', 'next steps'],
])('a message without "%s" is not what the checklist asks for', (left, part) => {
  const message = { subject: 'Migration 002 is applied', text: text.replace(left, '') };

  expect(answersOf(notifyTeam, { message })).toMatchObject([
    { box: '15.2', answer: 'failed', reason: `the message lacks ${part}` },
  ]);
});

test('the message is kept word by word', () => {
  const message = { subject: 'Migration 002 is applied', text };

  expect(answersOf(notifyTeam, { message })).toMatchObject([
    {
      box: '15.2',
      answer: 'proved',
      reason: 'the message holds description, execution time, warnings and next steps',
      facts: { message },
    },
  ]);
  expect(answersByBox(answersOf(notifyTeam, { deliveries: [mail] }))).toEqual({ '15.1': 'proved' });
});
