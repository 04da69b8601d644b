import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createNeonClient, raw } from '@neon/sdk';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { routes } from '#local/neon-simulator/routes';
import { type Simulated, sdkFor, simulate } from './neon-simulation';

type Document = { readonly paths: Readonly<Record<string, unknown>> };

const file = path.join(
  path.dirname(require.resolve('@neondatabase/api-client/package.json')),
  'public-v2-for-users.gen.yaml',
);
const document: Document = parse(readFileSync(file, 'utf8'));

/** Formats that only say how wide a number is. */
const widths = Object.fromEntries(['int32', 'int64', 'double', 'float'].map((name) => [name, true as const]));
const ajv = new Ajv({ strict: false, allErrors: true, formats: widths });
addFormats(ajv);
ajv.addSchema(document, 'neon');

type Answer = { readonly method: string; readonly url: string; readonly status: number; readonly body: unknown };

/** The documented path that a URL is an instance of; the one with the fewest parameters when several are. */
const templateOf = (url: string) => {
  const { pathname } = new URL(url);
  const below = pathname.replace(/^\/api\/v2/, '');
  const fits = Object.keys(document.paths).filter((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(below),
  );
  return fits.sort((one, other) => one.split('{').length - other.split('{').length)[0];
};

const pointer = (...parts: readonly string[]) =>
  parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/** Follows one `$ref`, as responses have them. */
const at = (...parts: readonly string[]): { readonly where: string; readonly value: Record<string, unknown> } => {
  let value: unknown = document;
  for (const part of parts) value = (value as Record<string, unknown> | undefined)?.[part];
  const reference = (value as { $ref?: string } | undefined)?.$ref;
  if (reference) return at(...reference.slice(2).split('/'));
  return { where: pointer(...parts), value: (value ?? {}) as Record<string, unknown> };
};

/** What the document finds wrong with the answer; empty is good. */
const faultsOf = ({ method, url, status, body }: Answer): readonly string[] => {
  const name = `${method} ${new URL(url).pathname} → ${status}`;
  const template = templateOf(url);
  if (!template) return [`${name}: the document has no such path`];
  const responses = ['paths', template, method.toLowerCase(), 'responses'];
  const isDocumented = Object.keys(at(...responses, String(status)).value).length > 0;
  if (!isDocumented && status < 400) return [`${name}: the document has no such status`];
  const response = at(...responses, isDocumented ? String(status) : 'default');
  if (!response.value['content']) return body === undefined ? [] : [`${name}: the document has no body`];
  const validate = ajv.compile({ $ref: `neon#${response.where}${pointer('content', 'application/json', 'schema')}` });
  validate(body);
  return (validate.errors ?? []).map((error) => `${name}: ${error.instancePath} ${error.message}`);
};

// Branches are made for real.
jest.setTimeout(60_000);

let simulator: Simulated;

beforeAll(async () => {
  simulator = await simulate();
});

afterAll(() => simulator.remove());

test('every answer is one that the published API document describes', async () => {
  const answers: Answer[] = [];
  const recording: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, url } = request;
    const response = await fetch(request);
    const text = await response.clone().text();
    answers.push({ method, url, status: response.status, body: text ? JSON.parse(text) : undefined });
    return response;
  };
  const { apiKey, baseUrl, projectId, stagingBranchId } = simulator;
  const wait = { pollIntervalMs: 20 };
  const neon = createNeonClient({ apiKey, baseUrl, fetch: recording, throwOnError: true, wait });
  const create = (name: string, more: { noCompute?: true; expires_at?: string }) =>
    neon.branches.create({ projectId, name, parent_id: stagingBranchId, ...(more as { noCompute: true }) });
  const address = { databaseName: 'app', roleName: 'app_owner', pooled: false };

  const branch = await create('with-compute', { expires_at: '2100-01-01T00:00:00Z' });
  const point = await create('without-compute', { noCompute: true });
  const inBranch = { projectId, branchId: branch.id };
  await neon.projects.get({ projectId });
  await neon.branches.get(inBranch);
  await neon.branches.list({ projectId }).all();
  const [endpoint] = await neon.postgres.endpoints.list({ projectId });
  const [ofBranch] = await neon.postgres.endpoints.listByBranch(inBranch);
  await neon.postgres.endpoints.suspend({ projectId, endpointId: ofBranch?.id ?? '' }, { waitForReadiness: true });
  await neon.postgres.endpoints.get({ projectId, endpointId: endpoint?.id ?? '' });
  await neon.postgres.databases.list(inBranch);
  await neon.postgres.roles.list(inBranch);
  await neon.postgres.connectionString({ ...inBranch, ...address });
  const restored = await raw.restoreProjectBranch({
    client: neon.client,
    path: { project_id: projectId, branch_id: branch.id },
    body: { source_branch_id: point.id, preserve_under_name: 'as-it-was' },
    throwOnError: true,
  });
  await neon.operations.waitFor({ operations: restored.operations });
  await neon.branches.get(inBranch);
  const [operation] = await neon.operations.list({ projectId }).all();
  await neon.operations.get({ projectId, operationId: operation?.id ?? '' });
  await neon.branches.delete(inBranch, { waitForReadiness: true });
  await neon.branches.delete(inBranch);
  await neon.branches.get(inBranch).catch(() => undefined);
  await create('staging', {}).catch(() => undefined);

  const served = routes.map(({ method, path: below }) => `${method} /projects/{project_id}${below}`);
  expect(new Set(answers.map(({ method, url }) => `${method} ${templateOf(url)}`))).toEqual(new Set(served));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201, 204, 404, 409]));
  expect(answers.flatMap(faultsOf)).toEqual([]);
});

test('an answer that lacks a required field would be found', async () => {
  const project = await sdkFor(simulator).projects.get({ projectId: simulator.projectId });
  const { owner_id: _, ...lacking } = project;
  const url = `${simulator.baseUrl}/projects/${simulator.projectId}`;

  const faults = faultsOf({ method: 'GET', url, status: 200, body: { project: lacking } });

  expect(faults).toEqual([expect.stringContaining('owner_id')]);
});
