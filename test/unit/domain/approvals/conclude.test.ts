import { approvalsOfDifferentPeople, concludingDecisions, decisionFaults } from '#domain/approvals/conclude';
import { factsOfApproval } from '#domain/approvals/evidence-of-approval';
import type { ApprovalDecision, ApprovalRequest } from '#domain/approvals/request';

const onPage = (by: string, minute: number): ApprovalDecision => ({
  format: 2,
  ...{ runId: 'run-1', stage: 'apply', decision: 'approved', by, at: `2026-11-22T08:0${minute}:00.000Z` },
  ...{ reason: 'fine', attested: [], how: 'on the page', binding: 'b', request: { key: 'k', sha256: 's' } },
});

const atTerminal = (by: string, minute: number, operator = 'root@localhost'): ApprovalDecision => ({
  ...onPage(by, minute),
  ...{ how: 'from the terminal', operator },
});

const request = { approvalsNeeded: 2, run: { startedBy: 'grace@example.org' } } as ApprovalRequest;

const counted = (...decisions: readonly ApprovalDecision[]) =>
  approvalsOfDifferentPeople(request, decisions).map(({ by }) => by);

test('all that one operator says is one pair of eyes, with that of whoever started the run', () => {
  const [ada, bob] = [atTerminal('ada@example.org', 1), atTerminal('bob@example.org', 2)];

  expect(counted(ada, bob)).toEqual(['ada@example.org']);
  expect(concludingDecisions(request, [ada, bob])).toBeNull();
  expect(counted(ada, onPage('Grace <GRACE@example.org>', 2))).toEqual(['ada@example.org']);
  expect(counted(onPage('grace@example.org', 1), bob)).toEqual(['grace@example.org']);
  expect(counted(ada, onPage('ada+work@example.org', 2))).toEqual(['ada@example.org']);
  expect(counted(atTerminal('ada@example.org', 1, 'bob@example.org'), onPage('bob@example.org', 2))).toEqual([
    'ada@example.org',
  ]);
});

test('with somebody else on a page it is two', () => {
  expect(counted(atTerminal('ada@example.org', 1), onPage('bob@example.org', 2))).toHaveLength(2);
  expect(counted(onPage('grace@example.org', 1), onPage('bob@example.org', 2))).toHaveLength(2);
});

test('an operator is named where it came from the terminal, and nowhere else', () => {
  const asked = { ...request, approvers: ['ada@example.org'], attestations: [] } as unknown as ApprovalRequest;
  const faultsOf = (decision: ApprovalDecision) =>
    decisionFaults(asked, decision.request, decision).filter((fault) => fault.includes('operator'));
  const { operator: _, ...nameless } = atTerminal('ada@example.org', 1);

  expect(faultsOf(atTerminal('ada@example.org', 1))).toEqual([]);
  expect(faultsOf(onPage('ada@example.org', 1))).toEqual([]);
  expect(faultsOf(nameless)).toEqual([expect.stringContaining('made from the terminal and names no operator')]);
  expect(faultsOf({ ...onPage('ada@example.org', 1), operator: 'root@localhost' })).toHaveLength(1);
});

test('only sessions that were in the way may be ended, told apart by their beginning', () => {
  const seen = {
    processId: 7,
    startedAt: '2026-11-22T07:00:00.000001Z',
    application: 'report',
    role: 'app',
    state: null,
  };
  const session = { ...seen, transactionStart: null, queryStart: null, query: null, waiting: 0 };
  const inTheWay = {
    at: '',
    tables: [],
    prepared: [],
    sessions: [session, { ...session, processId: 8, startedAt: null }],
  };
  const asked = {
    ...request,
    approvers: ['ada@example.org'],
    attestations: [],
    inTheWay,
  } as unknown as ApprovalRequest;
  const faultsOf = (mayEnd: ApprovalDecision['mayEnd'] & object) => {
    const decision = { ...onPage('ada@example.org', 1), mayEnd };
    return decisionFaults(asked, decision.request, decision).filter((fault) => fault.includes('ended'));
  };

  expect(faultsOf([{ processId: 7, startedAt: seen.startedAt }])).toEqual([]);
  expect(faultsOf([{ processId: 7, startedAt: '2026-11-22T07:00:00.000002Z' }])).toHaveLength(1);
  expect(faultsOf([{ processId: 8, startedAt: '' }])).toHaveLength(1);
});

test('where two people approve, only what both have ticked is ended', () => {
  const identity = { processId: 7, startedAt: '2026-11-22T07:00:00.000001Z' };
  const session = { ...identity, application: 'report', role: 'app', state: null, query: null, waiting: 0 };
  const inTheWay = { at: '', tables: [], prepared: [], sessions: [session] };
  const ref = { key: 'k', sha256: 's' };
  const asked = { ...request, stage: 'rollback', evidence: [], attestations: [], expiresAt: '', inTheWay };
  const factsWith = (...ticks: readonly boolean[]) => {
    const decisions = ticks.map((isTicked, index) => ({
      ref: { key: `d${index}`, sha256: 's' },
      value: { ...onPage(`${'ab'[index]}@example.org`, index + 1), ...(isTicked && { mayEnd: [identity] }) },
    }));
    return factsOfApproval({ request: { ref, value: asked as unknown as ApprovalRequest }, decisions });
  };

  expect(factsWith(true, false)?.mayEnd).toBeUndefined();
  expect(factsWith(true, true)?.mayEnd).toEqual([{ ...identity, application: 'report', role: 'app' }]);
});
