/** `approvals`, `approve` and `reject` on AWS: signed requests over HTTP, the function's own handler, a run that waits. */

import { createStsCallers } from '#adapters/aws/sts-callers';
import { listWaitingOf, sendTo } from '#commands/approvals/answerer';
import { findApi } from '#commands/approvals/ask-api';
import { run as answer } from '#lambdas/approvals/answer-terminal';
import { type HttpEvent, onHttp } from '#lambdas/runtime/on-http';
import { type KeyHolder, openSignedApi } from '#test/support/aws-double/signed-api';
import { askedRun, decisionsIn } from '#test/support/waiting-run';

const region = 'eu-central-1';
const account = 'arn:aws:sts::123456789012:assumed-role';

const ada: KeyHolder = { secret: 'ada-secret', userArn: `${account}/AdaApproves/laptop`, sessionToken: 'ada-session' };
const keys = new Map<string, KeyHolder>([
  ['ASIAADA', ada],
  // May call whatever there is, and is no approver.
  ['AKIAADMIN', { secret: 'admin-secret', userArn: `${account}/Admin/ada@example.org` }],
]);
const approvers = ['ada@example.org', 'grace@example.org'];
const principals = { 'ada@example.org': ['arn:aws:iam::123456789012:role/people/AdaApproves'] };

const asAda = { accessKeyId: 'ASIAADA', secretAccessKey: 'ada-secret', sessionToken: 'ada-session' };
const asAdmin = { accessKeyId: 'AKIAADMIN', secretAccessKey: 'admin-secret' };

const context = { awsRequestId: 'request-1' };
const silent = { info: () => undefined, error: () => undefined } as never;

const withApi = async (
  work: (parts: {
    readonly url: string;
    readonly waiting: Awaited<ReturnType<typeof askedRun>>;
    readonly invoke: (event: HttpEvent) => Promise<{ readonly statusCode?: number | undefined }>;
  }) => Promise<void>,
) => {
  const waiting = await askedRun({ approvers });
  let url = '';
  const handler = onHttp(answer, {
    makePorts: async () => ({
      ...waiting.ports,
      settings: { ...waiting.ports.settings, principals, pageBaseUrl: url },
      executions: { listRunning: async () => [waiting.run.runId] },
      callers: createStsCallers(url),
    }),
    functionName: 'AnswerTerminal',
    logger: silent,
  });
  const invoke = (event: HttpEvent) => handler(event, context);
  const api = await openSignedApi(region, keys, invoke);
  url = api.url;
  const before = process.env['AWS_REGION'];
  process.env['AWS_REGION'] = region;
  try {
    await work({ url, waiting, invoke });
  } finally {
    if (before === undefined) delete process.env['AWS_REGION'];
    else process.env['AWS_REGION'] = before;
    await api.close();
  }
};

const rejectionBy = (run: string, as: string) => ({ run, stage: 'review', as, choice: 'reject', reason: 'not now' });

test('an approver lists, has links sent anew and decides in their own name, as the operator whom AWS names', () =>
  withApi(async ({ url, waiting }) => {
    const { runId } = waiting.run;
    const own = await findApi(url, asAda);
    const mails = waiting.mail.delivered.length;

    const listed = await listWaitingOf(own);
    const resent = await sendTo(own, 'resend', { run: runId, stage: '', to: 'grace@example.org' });
    const rejected = await sendTo(own, 'decide', rejectionBy(runId, 'Ada <ada@example.org>'));

    expect(listed.waiting).toMatchObject([{ runId, stage: 'review', people: [{ person: 'ada@example.org' }, {}] }]);
    expect(resent).toMatchObject({ isTaken: true });
    expect(waiting.mail.delivered.slice(mails)).toMatchObject([{ to: 'grace@example.org' }]);
    expect(rejected).toMatchObject({ isTaken: true, lines: [expect.stringContaining(ada.userArn), expect.anything()] });
    const decisions = Object.entries(waiting.store.texts()).filter(([key]) => /\.decision-.*\.json$/.test(key));
    expect(decisions.map(([, text]) => JSON.parse(text))).toMatchObject([
      { by: 'ada@example.org', decision: 'rejected', how: 'from the terminal', operator: ada.userArn },
    ]);
    expect(waiting.callback.answers).toMatchObject([{ output: { decision: 'rejected', by: expect.any(String) } }]);
  }));

test('neither the permission to call nor somebody else is authority', () =>
  withApi(async ({ url, waiting }) => {
    const { runId } = waiting.run;
    const send = async (credentials: typeof asAdmin, as: string) =>
      sendTo(await findApi(url, credentials), 'decide', rejectionBy(runId, as));

    expect(await send(asAdmin, 'ada@example.org')).toMatchObject({
      isTaken: false,
      lines: [expect.stringContaining("Admin/ada@example.org is no approver's principal, and the permission to call")],
    });
    expect(await send(asAda, 'grace@example.org')).toMatchObject({
      ...{ isTaken: false, isWrong: true },
      lines: [expect.stringContaining("decides in nobody else's name")],
    });
    await expect(send({ ...asAda, secretAccessKey: 'guessed' }, 'ada@example.org')).rejects.toThrow(
      'execute-api:Invoke',
    );
    expect((await fetch(`${url}/terminal/decide`, { method: 'POST', body: 'as=ada' })).status).toBe(403);
    expect(decisionsIn(waiting)).toEqual([]);
    expect(waiting.callback.answers).toEqual([]);
  }));

test('whoever may invoke the function writes what they like into its event, and decides nothing', () =>
  withApi(async ({ url, waiting, invoke }) => {
    const { runId } = waiting.run;
    const heard: HttpEvent[] = [];
    const listener = await openSignedApi(region, keys, async (event) => {
      heard.push(event);
      return { statusCode: 200, body: '{"lines":[]}' };
    });
    await sendTo(await findApi(listener.url, asAda), 'decide', rejectionBy(runId, 'ada@example.org'));
    await sendTo(await findApi(listener.url, asAdmin), 'decide', rejectionBy(runId, 'ada@example.org'));
    await listener.close();
    const [fromAda, fromAdmin] = heard;
    if (!fromAda || !fromAdmin) throw new Error('nothing was heard');
    const authorizer = { iam: { userArn: ada.userArn } };
    const { 'x-migration-checklist-caller': _, ...bare } = fromAda.headers;

    const answers = [
      await invoke({ ...fromAda, headers: bare }),
      // Signed by Ada, and for another installation.
      await invoke(fromAda),
      await invoke({ ...fromAdmin, requestContext: { http: { method: 'POST' }, authorizer } }),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
    expect(url).not.toBe(listener.url);
    expect(decisionsIn(waiting)).toEqual([]);
  }));
