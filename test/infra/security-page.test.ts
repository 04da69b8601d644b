import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Grant, reasonsKey } from '#infra/grant';
import { securityPage } from '#infra/security/security-page';
import { listOf } from '#infra/security/template-resource';
import { projectRoot } from '#test/support/project-root';
import { actionsOf, resourcesByStack, resourcesOf, type Statement } from './template';

test('docs/security.md is what the templates say', () => {
  const page = readFileSync(path.join(projectRoot, 'docs/security.md'), 'utf8');

  expect(page).toBe(securityPage(Object.assign({}, ...Object.values(resourcesByStack))));
});

/** `action resource`, one for each pair. */
const pairsOf = (actions: readonly string[], resources: readonly unknown[]) =>
  actions.flatMap((action) => resources.map((resource) => `${action} ${JSON.stringify(resource)}`));

const policiesOf = (roleId: string) =>
  Object.values(resourcesOf('AWS::IAM::Policy'))
    .filter(({ Properties }) => JSON.stringify(Properties['Roles']) === JSON.stringify([{ Ref: roleId }]))
    .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: readonly Statement[] }).Statement);

test.each(Object.entries(resourcesOf('AWS::IAM::Role')))(
  'every permission of %s has a reason, and every reason a permission',
  (roleId, { Metadata }) => {
    const reasons = (Metadata?.[reasonsKey] ?? []) as readonly Grant[];

    const granted = policiesOf(roleId).flatMap((one) => pairsOf(actionsOf(one), listOf(one.Resource)));
    const explained = reasons.flatMap(({ actions, resources }) => pairsOf(actions, resources));
    expect(granted.length).toBeGreaterThan(0);
    expect([...new Set(granted)].sort()).toEqual([...new Set(explained)].sort());
    for (const { reason } of reasons) expect(reason.length).toBeGreaterThan(20);
  },
);
