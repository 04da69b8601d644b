/** The part of Neon's API v2 that is served, below `/projects/{project_id}`. */
import * as answer from './answers';
import { createBranch } from './branch-creation';
import { deleteBranch } from './branch-deletion';
import { restoreBranch } from './branch-restore';
import { roomFor } from './disk-room';
import type { BranchRecord, OperationRecord } from './records';
import { refusals } from './refusal';
import { parseBranchRequest, parseRestoreRequest } from './request-bodies';
import { branchesOf, branchNamed, dataDirectoryOf, type Simulation } from './simulation';
import { wake } from './wake';

export type ApiRequest = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when there is no body. */
  readonly body: unknown;
};

export type ApiAnswer = { readonly status: number; readonly body?: unknown };

type Answering = (simulation: Simulation, request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;

export type Route = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the project; parts in braces are parameters. */
  readonly path: string;
  readonly answer: Answering;
};

const ok = (body: unknown): ApiAnswer => ({ status: 200, body });

const projectOf = ({ records }: Simulation) => records.current().project;

const branchOf = (simulation: Simulation, { params }: ApiRequest) => branchNamed(simulation, params['branch_id'] ?? '');

const branchJson = (simulation: Simulation, branch: BranchRecord) => answer.branchAnswer(projectOf(simulation), branch);

const operationsJson = (simulation: Simulation, operations: readonly OperationRecord[]) =>
  operations.map((operation) => answer.operationAnswer(projectOf(simulation), operation));

const endpointsJson = (simulation: Simulation, branches: readonly BranchRecord[]) =>
  branches.flatMap((branch) => {
    const isRunning = simulation.computes.connection(branch.id) !== null;
    return branch.endpoint ? [answer.endpointAnswer(projectOf(simulation), branch, branch.endpoint, isRunning)] : [];
  });

const getProject: Answering = async (simulation) => {
  const project = projectOf(simulation);
  const staging = branchNamed(simulation, project.stagingBranchId);
  return ok({ project: answer.projectAnswer(project, await roomFor(dataDirectoryOf(simulation, staging))) });
};

const listBranches: Answering = (simulation, { query }) => {
  const search = query.get('search') ?? '';
  const found = branchesOf(simulation).filter(({ id, name }) => name.includes(search) || id.includes(search));
  const pagination = { sort_by: 'updated_at', sort_order: 'DESC' };
  const newestFirst = found.toSorted((one, other) => other.updatedAt.localeCompare(one.updatedAt));
  return ok({ branches: newestFirst.map((branch) => branchJson(simulation, branch)), annotations: {}, pagination });
};

const getBranch: Answering = (simulation, request) => {
  const branch = branchOf(simulation, request);
  return ok({ branch: branchJson(simulation, branch), annotation: answer.annotationAnswer(branch) });
};

const postBranch: Answering = (simulation, { body }) => {
  const project = projectOf(simulation);
  const { branch, operations } = createBranch(simulation, parseBranchRequest(body));
  return {
    status: 201,
    body: {
      branch: branchJson(simulation, branch),
      endpoints: endpointsJson(simulation, [branch]),
      operations: operationsJson(simulation, operations),
      roles: [answer.roleAnswer(project, branch)],
      databases: [answer.databaseAnswer(project, branch)],
    },
  };
};

const deleteBranchIfThere: Answering = (simulation, { params }) => {
  const branch = branchesOf(simulation).find(({ id }) => id === params['branch_id']);
  if (!branch) return { status: 204 };
  const json = branchJson(simulation, branch);
  return ok({ branch: json, operations: operationsJson(simulation, deleteBranch(simulation, branch)) });
};

const postRestore: Answering = (simulation, request) => {
  const asked = parseRestoreRequest(request.body);
  const { branch, operations } = restoreBranch(simulation, branchOf(simulation, request), asked);
  return ok({ branch: branchJson(simulation, branch), operations: operationsJson(simulation, operations) });
};

const listOperations: Answering = (simulation, { query }) => {
  // All fit into one page, and the page behind it is empty.
  const page = query.has('cursor') ? [] : simulation.records.current().operations.toReversed();
  return ok({ operations: operationsJson(simulation, page), pagination: { cursor: page.at(-1)?.id ?? 'end' } });
};

const getOperation: Answering = (simulation, { params }) => {
  const operation = simulation.records.current().operations.find(({ id }) => id === params['operation_id']);
  if (!operation) throw refusals.notFound('operation');
  return ok({ operation: answer.operationAnswer(projectOf(simulation), operation) });
};

const getEndpoint: Answering = (simulation, { params }) => {
  const [endpoint] = endpointsJson(simulation, branchesOf(simulation)).filter(({ id }) => id === params['endpoint_id']);
  if (!endpoint) throw refusals.notFound('endpoint');
  return ok({ endpoint });
};

const suspendEndpoint: Answering = (simulation, { params }) => {
  const branch = branchesOf(simulation).find(({ endpoint }) => endpoint && endpoint.id === params['endpoint_id']);
  if (!branch) throw refusals.notFound('endpoint');
  const stop = { action: 'suspend_compute', run: () => simulation.computes.stop(branch.id) } as const;
  const operations = operationsJson(simulation, simulation.operations.schedule(branch, [stop]));
  const [endpoint] = endpointsJson(simulation, [branch]);
  return ok({ endpoint, operations });
};

const getConnectionUri: Answering = async (simulation, { query }) => {
  const { database, role } = projectOf(simulation);
  const branchId = query.get('branch_id') ?? branchesOf(simulation).find(({ isDefault }) => isDefault)?.id ?? '';
  const branch = branchNamed(simulation, branchId);
  if (query.get('database_name') !== database) throw refusals.notFound('database');
  if (query.get('role_name') !== role) throw refusals.notFound('role');
  // There is no pooler: `pooled=true` gets the direct address, which supports everything that a pooler does.
  const { host, port, password } = await wake(simulation, branch);
  const login = `${encodeURIComponent(role)}:${encodeURIComponent(password)}`;
  return ok({ uri: `postgresql://${login}@${host}:${port}/${encodeURIComponent(database)}` });
};

export const routes: readonly Route[] = [
  { method: 'GET', path: '', answer: getProject },
  { method: 'GET', path: '/branches', answer: listBranches },
  { method: 'POST', path: '/branches', answer: postBranch },
  { method: 'GET', path: '/branches/{branch_id}', answer: getBranch },
  { method: 'DELETE', path: '/branches/{branch_id}', answer: deleteBranchIfThere },
  { method: 'POST', path: '/branches/{branch_id}/restore', answer: postRestore },
  {
    method: 'GET',
    path: '/branches/{branch_id}/endpoints',
    answer: (all, request) => ok({ endpoints: endpointsJson(all, [branchOf(all, request)]) }),
  },
  {
    method: 'GET',
    path: '/branches/{branch_id}/databases',
    answer: (all, request) => ok({ databases: [answer.databaseAnswer(projectOf(all), branchOf(all, request))] }),
  },
  {
    method: 'GET',
    path: '/branches/{branch_id}/roles',
    answer: (all, request) => ok({ roles: [answer.roleAnswer(projectOf(all), branchOf(all, request))] }),
  },
  { method: 'GET', path: '/endpoints', answer: (all) => ok({ endpoints: endpointsJson(all, branchesOf(all)) }) },
  { method: 'GET', path: '/endpoints/{endpoint_id}', answer: getEndpoint },
  { method: 'POST', path: '/endpoints/{endpoint_id}/suspend', answer: suspendEndpoint },
  { method: 'GET', path: '/operations', answer: listOperations },
  { method: 'GET', path: '/operations/{operation_id}', answer: getOperation },
  { method: 'GET', path: '/connection_uri', answer: getConnectionUri },
];
