/**
 * Somebody who may write objects of a run wants a migration applied or rolled back that nobody approved, while people are asked.
 * Each attack is a whole run, at each stage: nothing of it is believed, and what was found is named.
 */

import type { Stage } from '#domain/approvals/stages';
import { rollbackRunOf } from '#domain/ledger/rollback-pin';
import { sha256Of } from '#domain/sha256';
import { toJson } from '#lambdas/record/json';
import { approvalKeys, documentKey, pinnedKeys, signatureKey } from '#lambdas/record/keys';
import { startRun } from '#local/runs';
import type { Runtime } from '#local/runtime';
import { listMails, readMail } from '#local/web/mail-folder';
import { answerMails } from '#test/support/answer-mails';
import { hurriedClock } from '#test/support/hurried-clock';
import { withRuntime, withSandbox } from '#test/support/local-run';

const migration = '001_create_jobs.sql';
const nobody = 'mallory@nowhere.example';

type Scene = { readonly runtime: Runtime; readonly runId: string; readonly stage: Stage };

/** Who was told that approvals are not believed, and whether any of these mails would let somebody decide. */
const toldOf = async ({ mailDirectory }: Runtime) => {
  const mails = await Promise.all((await listMails(mailDirectory)).map((file) => readMail(mailDirectory, file)));
  const told = mails.flatMap((one) => (one?.mail.subject.startsWith('Approvals not believed') ? [one.mail] : []));
  return {
    to: told.map(({ to }) => to).sort(),
    links: told
      .flatMap(({ text }) => text.match(/\S*\/approvals\/\S*|^Code: .*$/gm) ?? [])
      .filter((line) => line.startsWith('http') || line.startsWith('Code')),
  };
};

type Attack = {
  readonly name: string;
  /** What the person answers who was asked. */
  readonly answer: 'approved' | 'rejected';
  readonly stages: readonly Stage[];
  /** Writes, and returns the key that a message must name; null where the forgery needs no name, because nothing reads it. */
  write(scene: Scene): Promise<string | null>;
};

const readObject = async ({ runtime: { ports } }: Scene, key: string) =>
  JSON.parse(String(await ports.store.read(key))) as Record<string, unknown>;

const decisionOf = async (scene: Scene, by: string) => {
  const { runId, stage } = scene;
  const key = approvalKeys.request(runId, stage);
  const request = await readObject(scene, key);
  const bytes = await scene.runtime.ports.store.read(key);
  return {
    ...{ format: 2, runId, stage, decision: 'approved', by, at: new Date().toISOString(), reason: 'looks good' },
    ...{ attested: [], binding: request['binding'], request: { key, sha256: sha256Of(bytes ?? '') } },
  };
};

type Sign = (bytes: Uint8Array) => Promise<Buffer>;

const writeDecision = async (scene: Scene, by: string, sign: Sign | null): Promise<string> => {
  const { store } = scene.runtime.ports;
  const key = approvalKeys.decision(scene.runId, scene.stage, by);
  const text = toJson(await decisionOf(scene, by));
  if (sign) await store.write(signatureKey({ key, sha256: sha256Of(text) }), await sign(Buffer.from(text)));
  await store.write(key, text);
  return key;
};

const editRequest = async (scene: Scene, edit: Record<string, unknown>): Promise<string> => {
  const key = approvalKeys.request(scene.runId, scene.stage);
  await scene.runtime.ports.store.write(key, toJson({ ...(await readObject(scene, key)), ...edit }));
  return key;
};

const everyStage: readonly Stage[] = ['review', 'apply', 'rollback'];
/** It lies beside the approvals: nobody's answer is touched. */
const documentOfNoApproval = 'a document that proves boxes';

const beforeTheApply: readonly Stage[] = ['review', 'apply'];
/** When the locks of the apply were not granted, and a person says whether it is tried again. */
const again: Stage = 'again-1';

const attacks: readonly Attack[] = [
  {
    name: 'a decision of nobody under the name that decisions had',
    answer: 'rejected',
    stages: everyStage,
    write: async (scene) => {
      const key = `${approvalKeys.decisions(scene.runId, scene.stage)}.json`;
      await scene.runtime.ports.store.write(key, toJson(await decisionOf(scene, nobody)));
      return key;
    },
  },
  {
    name: 'an unsigned decision of the person who was asked',
    answer: 'rejected',
    stages: [...everyStage, again],
    write: (scene) => writeDecision(scene, 'approver@localhost', null),
  },
  {
    name: 'a decision signed with the key that requests are signed with',
    answer: 'rejected',
    stages: [...everyStage, again],
    write: (scene) => writeDecision(scene, 'approver@localhost', scene.runtime.ports.signing.signRequest),
  },
  {
    name: 'a signed decision of somebody who was not asked',
    answer: 'rejected',
    stages: [...beforeTheApply, again],
    write: (scene) => writeDecision(scene, nobody, scene.runtime.ports.signing.signDecision),
  },
  {
    name: 'a request without ticks that never expires',
    answer: 'approved',
    stages: [...everyStage, again],
    write: (scene) => editRequest(scene, { attestations: [], expiresAt: '2030-01-01T00:00:00.000Z' }),
  },
  {
    name: 'one more person among those who are asked',
    answer: 'approved',
    stages: [...beforeTheApply, again],
    write: (scene) => editRequest(scene, { approvers: ['approver@localhost', nobody] }),
  },
  {
    name: 'another starter in the pin',
    answer: 'approved',
    stages: beforeTheApply,
    write: async (scene) => {
      const key = pinnedKeys(scene.runId).run;
      await scene.runtime.ports.store.write(key, toJson({ ...(await readObject(scene, key)), startedBy: nobody }));
      return key;
    },
  },
  {
    name: documentOfNoApproval,
    answer: 'approved',
    stages: beforeTheApply,
    write: async (scene) => {
      const { runId, runtime } = scene;
      const at = new Date().toISOString();
      const last = await runtime.ports.store.read(documentKey(runId, '03-impact-analysis'));
      const boxes = ['1.1', '2.1', '3.3'].map((box) => ({ box, answer: 'proved', reason: 'checked by nobody' }));
      const key = documentKey(runId, '98-extra');
      await runtime.ports.store.write(
        key,
        toJson({
          ...{ format: 2, version: '9.9.9', runId, name: '98-extra', title: 'extra', startedAt: at, finishedAt: at },
          ...{ previous: [sha256Of(last ?? '')], boxes, findings: [], facts: {}, error: null },
        }),
      );
      return key;
    },
  },
  {
    name: 'the evidence of an approval',
    answer: 'rejected',
    stages: [...beforeTheApply, again],
    write: async (scene) => {
      const { runId, stage, runtime } = scene;
      const name = approvalKeys.evidenceName(stage);
      const key = documentKey(runId, name);
      const decision = await decisionOf(scene, nobody);
      const request = await readObject(scene, approvalKeys.request(runId, stage));
      const { binding, by, at, reason } = decision;
      await runtime.ports.store.write(
        key,
        toJson({
          ...{ format: 2, version: '9.9.9', runId, name, title: `Approve ${stage}`, startedAt: at, finishedAt: at },
          ...{ previous: [], boxes: [], findings: [], error: null },
          facts: { stage, decision: 'approved', by, at, reason, binding, evidence: request['evidence'] },
        }),
      );
      return key;
    },
  },
];

const cases = attacks.flatMap((attack) => attack.stages.map((stage) => [attack.name, stage, attack] as const));

let tried = 0;
const believed: string[] = [];

afterAll(() => {
  console.info(`forgeries while people are asked: ${tried} tried, believed ${believed.length}`);
});

/** A test that fails after the commit, so that the rollback is asked for. */
const failTests = async (functionName: string, call: () => Promise<unknown>) => {
  if (functionName === 'TestConstraints') throw Object.assign(new Error('injected'), { name: 'VerificationFailed' });
  return call();
};

const direct = (_: string, call: () => Promise<unknown>) => call();

/** Until somebody was asked; what would then be believed would be applied. */
const refuseLocks = async (functionName: string, call: () => Promise<unknown>) => {
  if (functionName === 'ApplyMigration') throw Object.assign(new Error('blocked'), { name: 'LockNotAvailable' });
  return call();
};

test.each(cases)('%s, at %s', async (name, at, attack) => {
  await withSandbox((sandbox) => {
    let runtime: Runtime;
    let named: string | null = null;
    const intercept = async (functionName: string, call: () => Promise<unknown>, payload: unknown) => {
      const isBlocked = at === again && named === null;
      const result = await (at === 'rollback' ? failTests : isBlocked ? refuseLocks : direct)(functionName, call);
      const { stage, run } = payload as { readonly stage?: Stage; readonly run?: { readonly runId: string } };
      if (functionName === 'RequestApproval' && stage === at && named === null && run)
        named = await attack.write({ runtime, runId: run.runId, stage });
      return result;
    };
    const engineClock = hurriedClock();
    return withRuntime(sandbox, { answering: false, isForged: true, intercept, engineClock }, async (opened) => {
      runtime = opened;
      const asked = (stage: string) => (stage === (at === again ? 'another attempt' : at) ? attack.answer : 'approved');
      const stop = answerMails(runtime, asked, { mayBeRefused: true });
      const ended = await startRun(runtime, migration);
      stop();
      tried += 1;
      const [entry] = await runtime.ports.database.readLedger({ branchId: 'target' });
      const asking = at === 'rollback' ? rollbackRunOf(ended.runId) : ended.runId;
      const report = String(await runtime.ports.store.read(`runs/${asking}/report.json`));

      // Before the apply nothing is applied; afterwards nothing is rolled back.
      const isBelieved = ended.isSignedOff || (at === 'rollback' ? entry?.rolledBackAt !== null : entry !== undefined);
      if (isBelieved) believed.push(`${name}, at ${at}`);
      expect(isBelieved).toBe(false);
      expect(named).not.toBeNull();
      expect(`${ended.message}\n${report}`).toContain(named);
      const { to, links } = await toldOf(runtime);
      expect(links).toEqual([]);
      if (attack.name !== documentOfNoApproval) expect(to).toContain('approver@localhost');
    });
  });
});
