import { judgeDelivery } from '#domain/boxes/15-notify-team';

const mail = { to: 'team@example.org', isDelivered: true, answer: '250 accepted' };

test('a message that reached everybody proves the box', () => {
  expect(judgeDelivery([mail, { to: 'checklist/chat', isDelivered: true, answer: '200 ok' }])).toMatchObject({
    box: '15.1',
    answer: 'proved',
    reason: 'delivered to team@example.org: 250 accepted; checklist/chat: 200 ok',
  });
});

test('a channel that was missed fails the box and is named first', () => {
  expect(judgeDelivery([mail, { to: 'checklist/chat', isDelivered: false, answer: '404 no_service' }])).toMatchObject({
    answer: 'failed',
    reason: 'not delivered to checklist/chat: 404 no_service. delivered to team@example.org: 250 accepted',
  });
});
