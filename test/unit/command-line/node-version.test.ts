import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeOldNode, lowestNode } from '#command-line/node-version';
import { projectRoot } from '#test/support/project-root';

test.each(['16.20.2', '18.20.8', '19.9.0', '20.0.0', '20.9.1', '20.18.3'])('Node %s is refused', (version) => {
  expect(describeOldNode(version)).toBe(
    `this is Node ${version}, but Node 20.19 or newer is needed; install it from https://nodejs.org, or choose it with your version manager, then run the command again`,
  );
});

test.each(['20.19.0', '20.20.2', '21.0.0', '22.0.0', '24.2.0', '25.0.0-nightly20250701', '100.1.0'])(
  'Node %s will do',
  (version) => {
    expect(describeOldNode(version)).toBeNull();
  },
);

test('the floor is the one that npm reads in package.json', () => {
  const { engines } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    readonly engines: { readonly node: string };
  };

  expect(engines.node).toBe(`>=${lowestNode}`);
});
