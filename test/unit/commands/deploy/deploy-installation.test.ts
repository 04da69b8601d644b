import { type DeployChoices, deployInstallation } from '#commands/deploy/deploy-installation';
import { readExampleConfig } from '#infra/config';
import { projectRoot } from '#test/support/project-root';

const config = readExampleConfig(projectRoot);

type Given = {
  readonly missing?: readonly string[];
  readonly unasked?: readonly string[];
  readonly exitCodes?: Readonly<Record<string, number>>;
  readonly choices?: Partial<DeployChoices>;
};

const deploy = async ({ missing = [], unasked = [], exitCodes = {}, choices = {} }: Given) => {
  const [ran, said, complained]: [string[], string[], string[]] = [[], [], []];
  const code = await deployInstallation(
    config,
    { check: false, yes: false, migrations: '/shop/migrations', ...choices },
    {
      preflight: async () => ({ missing, unasked }),
      run: async (tool, parameters) => {
        ran.push([tool, ...parameters].join(' '));
        return exitCodes[tool] ?? 0;
      },
      say: (line) => said.push(line),
      complain: (line) => complained.push(line),
    },
  );
  return { code, ran, said: said.join('\n'), complained: complained.join('\n') };
};

test('after a good look the stacks are deployed, then the migrations published, then the next steps printed', async () => {
  const { code, ran, said } = await deploy({});

  expect(code).toBe(0);
  expect(ran).toEqual(['cdk deploy --all', 'publish-migrations --migrations /shop/migrations']);
  expect(said).toMatch(
    /Confirm the subscription .*oncall@example\.com[\s\S]*mark-staging[\s\S]*state machine MigrationChecklist/,
  );
});

test('everything that is missing is printed at once, and nothing is made', async () => {
  const { code, ran, complained } = await deploy({ missing: ['no secret', 'no sender'] });

  expect(code).toBe(1);
  expect(ran).toEqual([]);
  expect(complained).toBe('Nothing was made or changed.\n2 things are missing or wrong:\n  ✗ no secret\n  ✗ no sender');
});

test('what could not be asked is listed apart from what is missing, and nothing is made either', async () => {
  const both = await deploy({ missing: ['no secret'], unasked: ['no permission'], choices: { check: true } });
  const unasked = await deploy({ unasked: ['no permission', 'no network'] });

  expect(both.complained).toBe(
    'Nothing was made or changed.\n1 thing is missing or wrong:\n  ✗ no secret\n1 thing could not be asked:\n  ? no permission',
  );
  expect(unasked.complained).toBe(
    'Nothing was made or changed.\n2 things could not be asked:\n  ? no permission\n  ? no network',
  );
  expect([both.code, unasked.code, ...both.ran, ...unasked.ran]).toEqual([1, 1]);
});

test('--check looks and makes nothing', async () => {
  expect(await deploy({ choices: { check: true } })).toMatchObject({ code: 0, ran: [] });
  expect(await deploy({ choices: { check: true }, missing: ['no secret'] })).toMatchObject({ code: 1, ran: [] });
});

test('--yes is handed to CDK', async () => {
  expect((await deploy({ choices: { yes: true } })).ran[0]).toBe('cdk deploy --all --require-approval never');
});

test('nothing is published when CDK failed', async () => {
  const { code, ran, complained } = await deploy({ exitCodes: { cdk: 1 } });

  expect({ code, ran }).toEqual({ code: 1, ran: ['cdk deploy --all'] });
  expect(complained).toContain('the same command continues');
});

test('migrations that were refused leave a deployment and a way on', async () => {
  const { code, complained } = await deploy({ exitCodes: { 'publish-migrations': 1 } });

  expect(code).toBe(1);
  expect(complained).toContain('npm run publish-migrations');
});
