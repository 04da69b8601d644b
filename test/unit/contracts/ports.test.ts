/** One contract per port, passed by what serves it on this machine and by what serves it on AWS, the latter over the wire. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventBridgeSchedule } from '#adapters/aws/event-bridge-schedule';
import { createKmsSigning } from '#adapters/aws/kms-signing';
import { createS3MigrationSource } from '#adapters/aws/s3-migration-source';
import { createS3ProjectDocuments } from '#adapters/aws/s3-project-documents';
import { createSecretsManagerSecrets } from '#adapters/aws/secrets-manager-secrets';
import { createStepFunctionsCallback } from '#adapters/aws/step-functions-callback';
import { createFolderMigrationSource } from '#adapters/folder/folder-migration-source';
import { createFolderProjectDocuments } from '#adapters/folder/folder-project-documents';
import { createEmlFolderTransport } from '#adapters/mail/eml-folder-transport';
import { createMail } from '#adapters/mail/nodemailer-mail';
import { createSesTransport } from '#adapters/mail/ses-transport';
import type { ScheduledFunction } from '#lambdas/ports/people';
import type { Engine } from '#local/engine/engine';
import { createStepFunctionsApi } from '#local/engine/wire';
import { createLocalSchedule } from '#local/schedule';
import { openSecrets, openSigning } from '#local/secret-keys';
import {
  clientSettings,
  kmsClient,
  s3Client,
  schedulerClient,
  secretsClient,
  sesClient,
  sfnClient,
  withAwsDouble,
} from '#test/support/aws-clients';
import type { AwsDouble } from '#test/support/aws-double/aws-double';
import {
  type TestedCallback,
  testMail,
  testMigrationSource,
  testProjectDocuments,
  testSchedule,
  testSecrets,
  testSigningPort,
  testTaskCallback,
  type With,
} from '#test/support/port-contracts';
import { withFolder } from '#test/support/with-folder';
import { ask, eventOf, withEngine } from '../local/engine/support';

const bucket = 'evidence';
const onS3 = (double: AwsDouble) => ({ client: s3Client(clientSettings(double)), bucket });

testMigrationSource('a folder', (files, work) =>
  withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    await work(createFolderMigrationSource(folder));
  }),
);

testMigrationSource('the bucket', (files, work) =>
  withAwsDouble({ s3: { pageSize: 2 } }, async (double) => {
    for (const [name, text] of Object.entries(files)) double.s3.bucket.put(`migrations/${name}`, Buffer.from(text));
    await work(createS3MigrationSource(onS3(double)));
  }),
);

testProjectDocuments('a folder', (work) =>
  withFolder(async (folder) => {
    await mkdir(path.join(folder, 'project'));
    await work(createFolderProjectDocuments(path.join(folder, 'project')));
  }),
);

testProjectDocuments('the bucket', (work) =>
  withAwsDouble({}, (double) => work(createS3ProjectDocuments(onS3(double)))),
);

/** Collects calls, and says when there were so many. */
const counting = () => {
  const inputs: unknown[] = [];
  const watchers = new Set<() => void>();
  return {
    call: async (input: unknown) => {
      inputs.push(input);
      for (const look of watchers) look();
    },
    called: (times: number, fits: (input: unknown) => boolean = () => true) =>
      new Promise<readonly unknown[]>((resolve) => {
        const look = () => {
          const fitting = inputs.filter(fits);
          if (fitting.length >= times) resolve(fitting.slice(0, times));
        };
        watchers.add(look);
        look();
      }),
  };
};

testSchedule('a timer', (work) =>
  withFolder(async (directory) => {
    const { call, called } = counting();
    const schedule = createLocalSchedule({ directory, invoke: call, onError: () => undefined });
    await work({ schedule, called });
    await schedule.close();
  }),
);

testSchedule('EventBridge Scheduler', (work) =>
  withAwsDouble({ scheduleGroups: ['checklist'] }, async (double) => {
    const { scheduler } = double;
    const { call, called } = counting();
    const functionArn = (calls: ScheduledFunction) =>
      calls === 'SampleActivity' ? 'arn:aws:lambda:f' : 'arn:aws:lambda:g';
    const target = { groupName: 'checklist', functionArn, roleArn: 'arn:aws:iam::r' };
    const settings = clientSettings(double);
    let isOpen = true;
    scheduler.onMade(async ({ name, input }) => {
      // The double keeps no time; its minutes are a few milliseconds here.
      for (await sleep(5); isOpen && scheduler.schedules.has(name); await sleep(5)) await call(input);
    });
    try {
      await work({ schedule: createEventBridgeSchedule(schedulerClient(settings), target), called });
    } finally {
      isOpen = false;
    }
  }),
);

/** A workflow of one state that waits for its answer, and the engine's API for whoever answers. */
const withWaitingTasks = (work: (engine: Engine, url: string, tokens: string[]) => Promise<void>) => {
  const tokens: string[] = [];
  const invoke = async (_: string, payload: unknown) => void tokens.push((payload as { token: string }).token);
  const states = { Wait: ask('Ask', { TimeoutSeconds: '{% $states.input.seconds %}', End: true }) };
  return withEngine({ states, invoke }, async (engine) => {
    const server = createServer(createStepFunctionsApi(engine, null));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await work(engine, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
};

const testedWith = (
  engine: Engine,
  tokens: readonly string[],
  callback: TestedCallback['callback'],
): TestedCallback => {
  const start = async (seconds: number) => {
    const asked = eventOf(engine, 'WaitingForToken');
    const { executionArn } = await engine.startExecution({ input: { seconds } });
    await asked;
    return { token: tokens.at(-1) ?? '', ended: () => engine.waitFor(executionArn) };
  };
  return {
    callback,
    waiting: () => start(3_600),
    expired: async () => {
      const { token, ended } = await start(1);
      await ended();
      return token;
    },
  };
};

const withLocalCallback: With<TestedCallback> = (work) =>
  withWaitingTasks((engine, url, tokens) => {
    const client = sfnClient(clientSettings({ url }));
    return work(testedWith(engine, tokens, createStepFunctionsCallback(client)));
  });

const withAwsCallback: With<TestedCallback> = (work) =>
  withWaitingTasks((engine, engineUrl, tokens) =>
    withAwsDouble({ engineUrl: () => engineUrl }, (double) =>
      work(testedWith(engine, tokens, createStepFunctionsCallback(sfnClient(clientSettings(double))))),
    ),
  );

testTaskCallback('the local engine', withLocalCallback);
testTaskCallback('Step Functions', withAwsCallback);

testSecrets('the files of this machine', (work) => withFolder(async (directory) => work(await openSecrets(directory))));

testSecrets('secrets of Secrets Manager', (work) =>
  withAwsDouble({}, (double) => {
    for (const name of ['link-key', 'token-key'])
      double.secretsManager.secrets.set(name, `${randomBytes(48).toString('base64')}\n`);
    const names = { approvals: () => 'link-key', watch: () => 'token-key' };
    return work(createSecretsManagerSecrets(secretsClient(clientSettings(double)), names));
  }),
);

testSigningPort('key files', (work) => withFolder(async (directory) => work(await openSigning(directory))));

testSigningPort('AWS KMS', (work) =>
  withAwsDouble({}, async (double) => {
    const client = kmsClient(clientSettings(double));
    const keyArns = {
      requests: double.kms.make('requests'),
      decisions: double.kms.make('decisions'),
      closing: double.kms.make('closing'),
    };
    await work(createKmsSigning(client, keyArns));
  }),
);

const sender = 'migrations@example.com';

testMail('a folder of mails', (work) =>
  withFolder((folder) =>
    work({
      mail: createMail({ transport: createEmlFolderTransport(folder), sender }),
      delivered: async () => Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name)))),
    }),
  ),
);

testMail('SES', (work) =>
  withAwsDouble({ verified: ['example.com'] }, (double) =>
    work({
      mail: createMail({ transport: createSesTransport(sesClient(clientSettings(double))), sender }),
      delivered: async () => double.ses.sent.map(({ raw }) => raw),
    }),
  ),
);
