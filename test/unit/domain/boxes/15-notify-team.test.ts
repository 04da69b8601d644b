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

test('the message is kept word by word', () => {
  const message = { subject: 'Migration 002 is applied', text: 'It took 1234 ms.' };

  expect(answersOf(notifyTeam, { message })).toEqual([
    {
      box: '15.2',
      answer: 'proved',
      reason: 'the message holds description, execution time, warnings and next steps',
      facts: { message },
    },
  ]);
  expect(answersByBox(answersOf(notifyTeam, { deliveries: [mail] }))).toEqual({ '15.1': 'proved' });
});
