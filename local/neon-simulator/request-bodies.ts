/** Request bodies of Neon's API, parsed at the edge. Refusals: 400 for a wrong form, 422 for what is not simulated. */
import type { BranchRequest } from './branch-creation';
import type { RestoreRequest } from './branch-restore';
import { timestamp } from './identifiers';
import { refusals } from './refusal';

type Json = Readonly<Record<string, unknown>>;

const objectAt = (value: unknown, name: string): Json => {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw refusals.malformed(`${name} must be an object`);
};

/** An empty text counts as left out, as the API says of `parent_id` and `preserve_under_name`. */
const textAt = (json: Json, name: string): string | null => {
  const value = json[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  throw refusals.malformed(`${name} must be a text`);
};

const timeAt = (json: Json, name: string): string | null => {
  const value = textAt(json, name);
  if (value === null) return null;
  if (Number.isNaN(Date.parse(value)))
    throw refusals.malformed(`${name} must be a time in RFC 3339, not ${JSON.stringify(value)}`);
  return timestamp(new Date(value));
};

const refusePastStates = (json: Json, ...names: readonly string[]) => {
  const asked = names.find((name) => textAt(json, name) !== null);
  if (asked) throw refusals.invalid(`${asked}: this stand-in keeps no history, so there is only the present state`);
};

/** Neon allows 256 characters. */
const nameAt = (json: Json, name: string): string | null => {
  const value = textAt(json, name);
  if (value !== null && value.length > 256) throw refusals.malformed(`${name} must have at most 256 characters`);
  return value;
};

export const parseBranchRequest = (body: unknown): BranchRequest => {
  const all = objectAt(body, 'the body');
  const branch = objectAt(all['branch'], 'branch');
  const endpoints = all['endpoints'] ?? [];
  if (!Array.isArray(endpoints) || endpoints.length > 1)
    throw refusals.invalid('endpoints must hold one read-write endpoint or none');
  refusePastStates(branch, 'parent_lsn', 'parent_timestamp');
  const initSource = textAt(branch, 'init_source') ?? 'parent-data';
  if (initSource !== 'parent-data')
    throw refusals.invalid(`init_source ${JSON.stringify(initSource)} is not simulated, only "parent-data"`);
  return {
    name: nameAt(branch, 'name'),
    parentId: textAt(branch, 'parent_id'),
    expiresAt: timeAt(branch, 'expires_at'),
    isProtected: branch['protected'] === true,
    hasCompute: endpoints.length === 1,
  };
};

export const parseRestoreRequest = (body: unknown): RestoreRequest => {
  const restore = objectAt(body, 'the body');
  refusePastStates(restore, 'source_lsn', 'source_timestamp');
  const sourceId = textAt(restore, 'source_branch_id');
  if (sourceId === null) throw refusals.malformed('source_branch_id is required');
  return { sourceId, preserveUnderName: nameAt(restore, 'preserve_under_name') };
};
