import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { verifyEvidence } from '#commands/verify-evidence/verify';
import { sha256Of } from '#domain/sha256';
import { fingerprintOf, type PublicKeys } from '#domain/signatures/signature';
import type { Database } from '#lambdas/ports/database';
import type { Platform } from '#lambdas/ports/platform';
import { toJson } from '#lambdas/record/json';
import { approvalKeys, documentKey, pinnedKeys, publicKeyKeys, signatureKey } from '#lambdas/record/keys';
import { verifySignatures } from '#lambdas/record/verify-signatures';
import { run as signOff } from '#lambdas/runs/sign-off';
import { pin, storeOfRun } from '#test/support/a-run';
import { ledgerEntry } from '#test/support/documents';
import { readEvidenceWithRefs } from '#test/support/evidence-of-run';
import {
  fakeClock,
  fakePorts,
  type MemoryStore,
  makeTestSigning,
  memoryDocuments,
  recordingMail,
  recordingSchedule,
  testSettings,
  testSigning,
} from '#test/support/fake-ports';
import { type Objects, rechain } from '#test/support/rechain';
import { writeApprovedRun } from '#test/support/signed-approval';
import { withFolder } from '#test/support/with-folder';

const requestKey = approvalKeys.request('run-1', 'apply');
const decisionKey = approvalKeys.decision('run-1', 'apply', 'ada@example.org');
const signOffKey = documentKey('run-1', 'sign-off');

/** A run that was signed off, with everything signed that must be. */
const signedOff = async () => {
  const store = await storeOfRun();
  const run = await pin();
  const previous = await writeApprovedRun(store, run);
  const database: Partial<Database> = {
    readLedger: async () => [ledgerEntry({ sha256: run.sha256 })],
    recordSignOff: async () => undefined,
    releaseLease: async () => undefined,
    dropScratches: async () => undefined,
  };
  const platform: Partial<Platform> = { deleteBranch: async () => undefined };
  const ports = {
    store,
    database,
    platform,
    signing: testSigning,
    clock: fakeClock('2026-11-22T10:00:00.000Z'),
    schedule: recordingSchedule(),
    mail: recordingMail(),
    documents: memoryDocuments(),
    chat: { post: async () => [] },
    settings: testSettings(),
  };
  await signOff({ run, previous, branch: { branchId: 'br-1', name: 'rehearsal' } }, fakePorts(ports));
  return store;
};

const verify = async (store: MemoryStore, known: PublicKeys | null = null) =>
  verifySignatures(store, 'run-1', await readEvidenceWithRefs(store, 'run-1'), known);

test('a run whose questions, decisions and sign-off are signed is believed, and says with which keys', async () => {
  const store = await signedOff();
  const known = await testSigning.publicKeys();

  expect(await verify(store, known)).toEqual({
    problems: [],
    unsigned: null,
    isAnchored: true,
    fingerprints: {
      requests: fingerprintOf(known.requests),
      decisions: fingerprintOf(known.decisions),
      closing: fingerprintOf(known.closing),
    },
  });
  expect(await verify(store)).toMatchObject({ problems: [], isAnchored: false });
});

const replaced = (key: string, edit: (text: string) => string) => async (store: MemoryStore) => {
  const before = store.texts()[key] ?? '';
  expect(edit(before)).not.toBe(before);
  await store.write(key, edit(before));
};

/** Whoever may write everything: every file of the run is signed again with keys of their own. */
const signedByMallory = async (store: MemoryStore) => {
  const mallory = makeTestSigning();
  const keys = await mallory.publicKeys();
  await store.write(publicKeyKeys('run-1').closing, keys.closing);
  await replaced(signOffKey, (text) => `${text} `)(store);
  const text = store.texts()[signOffKey] ?? '';
  const signature = await mallory.signClosing(Buffer.from(text));
  await store.write(signatureKey({ key: signOffKey, sha256: sha256Of(text) }), signature);
};

const rechained = (name: string) => async (store: MemoryStore) => {
  const objects: Objects = Object.fromEntries(
    Object.entries(store.texts()).map(([key, text]) => [key, Buffer.from(text)]),
  );
  const forged = rechain(objects, (one) => (one.name === name ? { ...one, title: 'forged' } : one));
  for (const [key, bytes] of Object.entries(forged))
    if (key.endsWith('.json') && !key.includes('/approvals/')) await store.write(key, bytes);
};

const forgeries: Readonly<Record<string, readonly [forge: (store: MemoryStore) => Promise<unknown>, words: RegExp]>> = {
  'a decision of somebody who was not asked': [
    (store) =>
      store.write(
        'runs/run-1/approvals/apply.decision.json',
        (store.texts()[decisionKey] ?? '').replace('ada@', 'mallory@'),
      ),
    /apply\.decision\.json is not believed: nobody has signed it/,
  ],
  'a changed decision': [replaced(decisionKey, (text) => text.replace('good', 'fine')), /nobody has signed it/],
  'a request with a new time limit': [
    replaced(requestKey, (text) => text.replace('2026-11-22T09', '2030-11-22T09')),
    /approvals\/apply\.json is not believed: nobody has signed it/,
  ],
  'a removed decision': [(store) => store.remove(decisionKey), /counts decisions that nobody has signed/],
  'a removed question': [(store) => store.remove(requestKey), /a question that nobody has put/],
  'another approver in the evidence': [
    replaced(documentKey('run-1', 'approve-apply'), (text) => text.replaceAll('ada@', 'mallory@')),
    /approve-apply\.json is not believed: its facts are not what the signed request and decisions say/,
  ],
  'another starter in the pin': [
    async (store) => store.write(pinnedKeys('run-1').run, toJson({ ...(await pin()), startedBy: 'eve@example.org' })),
    /run\.json is not the pin that people were asked about/,
  ],
  'a changed sign-off': [
    replaced(signOffKey, (text) => `${text} `),
    /sign-off\.json is not believed: nobody has signed it/,
  ],
  'a run that was chained anew behind a changed step': [
    rechained('09-verify-schema'),
    /sign-off\.json is not believed/,
  ],
  'signatures taken away': [
    async (store) => {
      for (const key of Object.keys(store.texts()).filter((one) => one.endsWith('.sig'))) await store.remove(key);
    },
    /sign-off\.json is not believed: nobody has signed it/,
  ],
  'the public keys and all signatures taken away': [
    async (store) => {
      for (const key of Object.keys(store.texts()).filter((one) => /\.(sig|pem)$/.test(one))) await store.remove(key);
    },
    /the public keys of this run are missing, and .* is of a version that signs/,
  ],
  'keys that are none': [
    (store) => store.write(publicKeyKeys('run-1').decisions, 'x'),
    /the signatures of run run-1 cannot be verified/,
  ],
};

test.each(Object.entries(forgeries))('%s is found without a hash', async (_, [forge, words]) => {
  const store = await signedOff();
  await forge(store);

  expect((await verify(store)).problems.join('\n')).toMatch(words);
  expect((await verifyEvidence(store, 'run-1', null)).problems).not.toEqual([]);
});

test('a sign-off that somebody signed with keys of their own is found where the keys of the installation are known', async () => {
  const store = await signedOff();
  await signedByMallory(store);

  const { problems } = await verify(store, await testSigning.publicKeys());

  expect(problems).toEqual([expect.stringMatching(/closing\.pem has the fingerprint .*: somebody else has signed/)]);
});

test('a run of a version that did not sign is not called verified for its files alone', async () => {
  const store = await storeOfRun();
  await writeApprovedRun(store, await pin());
  for (const key of Object.keys(store.texts()).filter((one) => /approvals|approve-|\.pem$/.test(one)))
    await store.remove(key);

  expect(await verify(store)).toMatchObject({
    problems: [],
    unsigned: expect.stringMatching(/nobody has signed it: version 0\.3\.0 and before did not/),
    fingerprints: null,
  });
});

test('openssl alone verifies a question, a decision and the sign-off, and finds one changed byte', () =>
  withFolder(async (folder) => {
    const store = await signedOff();
    const write = async (key: string) => {
      const file = path.join(folder, key.replaceAll('/', '-'));
      await writeFile(file, (await store.read(key)) ?? '');
      return file;
    };
    const signed = [
      [requestKey, 'requests'],
      [decisionKey, 'decisions'],
      [signOffKey, 'closing'],
    ] as const;
    for (const [key, signer] of signed) {
      const document = await write(key);
      const pem = await write(publicKeyKeys('run-1')[signer]);
      const signature = await write(signatureKey({ key, sha256: sha256Of((await store.read(key)) ?? '') }));
      const openssl = () =>
        execFileSync('openssl', ['dgst', '-sha256', '-verify', pem, '-signature', signature, document]).toString();
      const der = execFileSync('openssl', ['pkey', '-pubin', '-in', pem, '-outform', 'DER']);

      expect(openssl()).toBe('Verified OK\n');
      expect(sha256Of(der)).toBe(fingerprintOf((await testSigning.publicKeys())[signer]));
      await writeFile(document, `${store.texts()[key]} `);
      expect(openssl).toThrow();
    }
  }));
