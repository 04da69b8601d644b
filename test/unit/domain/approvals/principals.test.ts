import { approverOf } from '#domain/approvals/principals';

const account = '123456789012';
const center = `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Approve_0123456789abcdef`;

const principals = {
  'ada@example.org': [`arn:aws:iam::${account}:role/people/AdaApproves`, `${center}/ada@example.org`],
  'grace@example.org': [`arn:aws:iam::${account}:user/grace`, `${center}/grace@example.org`],
};

test.each([
  [`arn:aws:sts::${account}:assumed-role/AdaApproves/whatever-session`, 'ada@example.org'],
  [`${center}/ada@example.org`, 'ada@example.org'],
  [`${center}/grace@example.org`, 'grace@example.org'],
  [`arn:aws:iam::${account}:user/grace`, 'grace@example.org'],
])('%s is %s', (caller, person) => {
  expect(approverOf(principals, caller)).toBe(person);
});

test.each([
  `${center}/eve@example.org`,
  `${center}/Ada@example.org`,
  `arn:aws:sts::${account}:assumed-role/Admin/ada@example.org`,
  `arn:aws:sts::${account}:assumed-role/AdaApproves2/ada`,
  `arn:aws:sts::999999999999:assumed-role/AdaApproves/ada`,
  `arn:aws-cn:sts::${account}:assumed-role/AdaApproves/ada`,
  `arn:aws:sts::${account}:assumed-role/AdaApproves`,
  `arn:aws:iam::${account}:user/team/grace`,
  `arn:aws:sts::${account}:federated-user/grace`,
  `arn:aws:iam::${account}:root`,
  `arn:aws:iam::${account}:role/people/AdaApproves/x`,
  '',
  'constructor',
])('%s is nobody', (caller) => {
  expect(approverOf(principals, caller)).toBeNull();
  expect(approverOf({}, caller)).toBeNull();
});

test('a caller who might be two people is neither', () => {
  const role = `arn:aws:iam::${account}:role/Shared`;
  const shared = { 'ada@example.org': [role], 'grace@example.org': [`arn:aws:iam::${account}:role/path/Shared`] };

  expect(approverOf(shared, `arn:aws:sts::${account}:assumed-role/Shared/x`)).toBeNull();
});
