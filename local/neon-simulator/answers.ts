/** Records in the shape of Neon's API: its OpenAPI document says which fields an answer must have. */
import type { BranchRecord, EndpointRecord, OperationRecord, ProjectRecord } from './records';

/** Figures that Neon bills by; nothing is billed here. */
const unmetered = {
  active_time_seconds: 0,
  compute_time_seconds: 0,
  cpu_used_sec: 0,
  data_transfer_bytes: 0,
  written_data_bytes: 0,
} as const;

const host = '127.0.0.1';
const region = 'local';
const provisioner = 'k8s-pod';
/** A quarter of a compute unit is the least that the API knows. */
const computeUnits = 0.25;

const currentState = { creating: 'init', ready: 'ready', resetting: 'resetting' } as const;

export const branchAnswer = (project: ProjectRecord, branch: BranchRecord) => ({
  id: branch.id,
  project_id: project.id,
  ...(branch.parentId && { parent_id: branch.parentId }),
  ...(branch.parentLsn && { parent_lsn: branch.parentLsn }),
  name: branch.name,
  current_state: currentState[branch.phase],
  ...(branch.phase === 'creating' && { pending_state: 'ready' }),
  state_changed_at: branch.updatedAt,
  creation_source: 'console',
  created_at: branch.createdAt,
  updated_at: branch.updatedAt,
  ...(branch.expiresAt && { expires_at: branch.expiresAt }),
  ...(branch.lastResetAt && { last_reset_at: branch.lastResetAt }),
  default: branch.isDefault,
  primary: branch.isDefault,
  protected: branch.isProtected,
  init_source: 'parent-data',
  ...unmetered,
});

/** Notes that Neon keeps beside a branch, for its console; there are none here. */
export const annotationAnswer = (branch: BranchRecord) => ({
  object: { type: 'console/branch', id: branch.id },
  value: {},
  created_at: branch.createdAt,
  updated_at: branch.createdAt,
});

export const endpointAnswer = (
  project: ProjectRecord,
  branch: BranchRecord,
  endpoint: EndpointRecord,
  isRunning: boolean,
) => ({
  id: endpoint.id,
  project_id: project.id,
  branch_id: branch.id,
  host,
  proxy_host: host,
  region_id: region,
  type: 'read_write',
  current_state: isRunning ? 'active' : branch.phase === 'creating' ? 'init' : 'idle',
  ...(branch.phase === 'creating' && { pending_state: 'active' }),
  autoscaling_limit_min_cu: computeUnits,
  autoscaling_limit_max_cu: computeUnits,
  settings: { pg_settings: {} },
  pooler_enabled: false,
  pooler_mode: 'transaction',
  disabled: false,
  passwordless_access: false,
  suspend_timeout_seconds: -1,
  provisioner,
  creation_source: 'console',
  created_at: endpoint.createdAt,
  updated_at: branch.updatedAt,
});

export const operationAnswer = (project: ProjectRecord, operation: OperationRecord) => ({
  id: operation.id,
  project_id: project.id,
  branch_id: operation.branchId,
  ...(operation.endpointId && { endpoint_id: operation.endpointId }),
  action: operation.action,
  status: operation.status,
  ...(operation.error && { error: operation.error }),
  failures_count: operation.status === 'failed' ? 1 : 0,
  created_at: operation.createdAt,
  updated_at: operation.updatedAt,
  total_duration_ms: operation.durationMs,
});

export const databaseAnswer = (project: ProjectRecord, branch: BranchRecord) => ({
  id: 1,
  branch_id: branch.id,
  name: project.database,
  owner_name: project.role,
  created_at: branch.createdAt,
  updated_at: branch.createdAt,
});

export const roleAnswer = (project: ProjectRecord, branch: BranchRecord) => ({
  branch_id: branch.id,
  name: project.role,
  protected: false,
  authentication_method: 'password',
  created_at: branch.createdAt,
  updated_at: branch.createdAt,
});

/** `sizeLimitBytes`: how large a branch may become. */
export const projectAnswer = (project: ProjectRecord, sizeLimitBytes: number) => ({
  id: project.id,
  name: 'local',
  platform_id: 'local',
  region_id: region,
  proxy_host: host,
  provisioner,
  pg_version: 17,
  store_passwords: true,
  creation_source: 'console',
  history_retention_seconds: 0,
  owner_id: 'local',
  branch_logical_size_limit: Math.floor(sizeLimitBytes / 1024 ** 2),
  branch_logical_size_limit_bytes: sizeLimitBytes,
  data_storage_bytes_hour: 0,
  consumption_period_start: project.createdAt,
  consumption_period_end: project.createdAt,
  created_at: project.createdAt,
  updated_at: project.createdAt,
  ...unmetered,
});
