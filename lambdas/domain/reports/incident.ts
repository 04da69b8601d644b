/** The incident report that goes into `ops/postmortems/` when a committed migration had to be looked at again. */
import { messageOf } from './closing';
import { onOneLine } from './sentence';

export type Incident = {
  readonly runId: string;
  readonly migration: string;
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  readonly startedBy: string;
  readonly database: string;
  readonly failure: {
    readonly state: string;
    readonly error: string;
    readonly cause: string;
    /** What was committed of a migration that was only partly applied. */
    readonly standing?: string;
  };
  readonly rollback: { readonly outcome: string; readonly cause?: string };
};

/** The post-mortem is held within 72 hours. */
export const postMortemHours = 72;

const dueAt = (at: string) => new Date(Date.parse(at) + postMortemHours * 3_600_000).toISOString();

/** `ops/postmortems/2026-11-22-001_create_jobs-<runId>.md` */
export const incidentPath = ({ at, migration, runId }: Incident) =>
  `ops/postmortems/${at.slice(0, 10)}-${migration.replace(/\.sql$/, '')}-${runId}.md`;

// A line break would end the list.
const tell = (cause: string) => onOneLine(messageOf(cause));

/** A version that was never wholly applied is not used up. */
const correction = ({ migration, failure }: Incident) =>
  failure.standing === undefined
    ? `Correct in a new migration; \`${migration}\` stays as it is`
    : `Correct \`${migration}\` itself and start a new run: once nothing of it stands, its version is free again`;

export const renderIncident = (incident: Incident): string => {
  const { failure, rollback } = incident;
  return `${[
    `# Incident: migration ${incident.migration}`,
    [
      `- **When**: ${incident.at}`,
      `- **Target**: staging, database ${incident.database}`,
      `- **Run**: ${incident.runId}, started by ${incident.startedBy}`,
      `- **What happened**: ${failure.state}: ${tell(failure.cause)} (${failure.error})`,
      ...(failure.standing === undefined ? [] : [`- **What stood**: the migration was ${tell(failure.standing)}`]),
      `- **Rollback**: ${rollback.outcome}${rollback.cause ? `: ${tell(rollback.cause)}` : ''}`,
    ].join('\n'),
    '## To do',
    [
      `- [ ] Post-mortem by ${dueAt(incident.at)} (within ${postMortemHours} hours)`,
      `- [ ] ${correction(incident)}`,
      '- [ ] What would have shown this before the apply?',
    ].join('\n'),
    '## Timeline, cause, lessons',
    '_To be written by the people who were there._',
  ].join('\n\n')}\n`;
};
