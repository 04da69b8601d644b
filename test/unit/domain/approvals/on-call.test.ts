/** Who is on call approves a rollback alone, and nobody else does: in the count, in the evidence, and against whoever forges it. */
import { concludingDecisions } from '#domain/approvals/conclude';
import { evidenceFaults, evidenceOfApproval, factsOfApproval } from '#domain/approvals/evidence-of-approval';
import { enoughAlone, whyNobodyCanRollBack } from '#domain/approvals/on-call';
import type { ApprovalDecision, ApprovalRequest } from '#domain/approvals/request';
import type { EvidenceDocument } from '#domain/evidence/document';

const [ada, grace, bob] = ['ada@example.org', 'grace@example.org', 'bob@example.org'];

const requestOf = (onCall: readonly string[] | undefined, startedBy = bob, approvalsNeeded = 2): ApprovalRequest => ({
  format: 2,
  ...{ runId: 'run-1', stage: 'rollback', binding: 'b', evidence: [], attestations: [], failure: null },
  run: { startedBy } as ApprovalRequest['run'],
  requestedAt: '2026-11-22T08:00:00.000Z',
  expiresAt: '2026-11-23T08:00:00.000Z',
  approvers: [ada, grace, bob],
  approvalsNeeded,
  ...(onCall && { onCall }),
});

const approval = (by: string, minute = 1, how: ApprovalDecision['how'] = 'on the page'): ApprovalDecision => ({
  format: 2,
  ...{ runId: 'run-1', stage: 'rollback', decision: 'approved', by, at: `2026-11-22T08:0${minute}:00.000Z` },
  ...{ reason: 'it harms', attested: [], how, binding: 'b', request: { key: 'k', sha256: 's' } },
  ...(how === 'from the terminal' && { operator: 'root@localhost' }),
});

const rejection = (by: string, minute: number): ApprovalDecision => ({ ...approval(by, minute), decision: 'rejected' });

type Row = readonly [
  words: string,
  request: ApprovalRequest,
  decisions: readonly ApprovalDecision[],
  concludes: readonly string[] | null,
];

const rows: readonly Row[] = [
  ['the one on call, alone', requestOf([grace]), [approval(grace)], [grace]],
  [
    'the one on call, as they write themselves otherwise',
    requestOf([grace]),
    [approval('Grace <GRACE+x@example.org>')],
    ['Grace <GRACE+x@example.org>'],
  ],
  ['one who is not on call', requestOf([grace]), [approval(ada)], null],
  ['nobody is on call', requestOf(undefined), [approval(grace)], null],
  ['two who are not on call', requestOf([grace]), [approval(ada), approval(bob, 2)], [ada, bob]],
  ['one who is not, then the one who is', requestOf([grace]), [approval(ada), approval(grace, 2)], [ada, grace]],
  [
    'of three that are needed the second is on call',
    requestOf([grace], bob, 3),
    [approval(ada), approval(grace, 2)],
    [ada, grace],
  ],
  ['the one on call, who asked for it', requestOf([grace], grace), [approval(grace)], null],
  [
    'the one on call, who wrote the change',
    { ...requestOf([grace]), run: { startedBy: bob, author: grace } as ApprovalRequest['run'] },
    [approval(grace)],
    null,
  ],
  ['somebody at a terminal for the one on call', requestOf([grace]), [approval(grace, 1, 'from the terminal')], null],
  ['nobody, by --yes', requestOf([grace]), [approval(grace, 1, 'nobody looked')], null],
  ['the one on call, after a rejection', requestOf([grace]), [rejection(ada, 1), approval(grace, 2)], [ada]],
];

test.each(rows)('%s', (_words, request, decisions, concludes) => {
  expect(concludingDecisions(request, decisions)?.map(({ by }) => by) ?? null).toEqual(concludes);
});

const questionOf = (request: ApprovalRequest, ...decisions: readonly ApprovalDecision[]) => ({
  request: { ref: { key: 'k', sha256: 's' }, value: request },
  decisions: decisions.map((value) => ({ ref: { key: `d-${value.by}`, sha256: value.at }, value })),
});

test('the evidence says that one person on call approved, and says nothing of it where two did', () => {
  const alone = factsOfApproval(questionOf(requestOf([grace]), approval(grace)));
  const two = factsOfApproval(questionOf(requestOf([grace]), approval(ada), approval(bob, 2)));
  const early = factsOfApproval(questionOf(requestOf([grace], bob, 3), approval(ada), approval(grace, 2)));

  expect(alone).toMatchObject({ by: `one person on call, ${grace}`, onCall: grace });
  expect(two).toMatchObject({ by: `${ada} and ${bob}` });
  expect(two?.onCall).toBeUndefined();
  expect(early).toMatchObject({ by: `${ada} and ${grace}`, onCall: grace });
});

const asDocument = (evidence: ReturnType<typeof evidenceOfApproval>) =>
  ({ ...evidence, format: 2, version: '0.9.0', name: 'approve-rollback' }) as EvidenceDocument;

test('evidence of one person on call is believed, and the same of somebody who was not is refused', () => {
  const genuine = questionOf(requestOf([grace]), approval(grace));
  const other = questionOf(requestOf([grace]), approval(ada));
  // What a forger would write: the evidence as though ada were on call, beside the request that was signed.
  const forged = asDocument(evidenceOfApproval(questionOf(requestOf([ada]), approval(ada))));
  const unmarked = asDocument(evidenceOfApproval(genuine));
  const { onCall: _, ...facts } = unmarked.facts as { readonly onCall?: string };

  expect(evidenceFaults(asDocument(evidenceOfApproval(genuine)), genuine)).toEqual([]);
  expect(forged.facts).toMatchObject({ decision: 'approved', onCall: ada });
  expect(evidenceFaults(forged, other)).toEqual(['it lists no signed decisions that conclude the question']);
  expect(evidenceFaults({ ...unmarked, facts }, genuine)).toEqual([
    'its facts are not what the signed request and decisions say',
  ]);
});

test('nobody is enough alone for what they asked for, nor where it is not known who asked', () => {
  expect(enoughAlone([ada, grace], { startedBy: ada })).toEqual([grace]);
  expect(enoughAlone([ada], { startedBy: 'not named' })).toEqual([]);
  expect(whyNobodyCanRollBack({ approvers: [ada], onCall: [grace] }, { startedBy: ada }, 2)).toBeNull();
  expect(whyNobodyCanRollBack({ approvers: [ada], onCall: [] }, { startedBy: ada }, 2)).toMatch(/only ada/);
});
