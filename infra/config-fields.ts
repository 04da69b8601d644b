/** What `checklist.config.yaml` holds: one row per field. */

export type Field<T> = {
  /** A noun phrase for the message. */
  readonly expected: string;
  /** Undefined when the value does not fit. */
  readonly accept: (value: unknown) => T | undefined;
  /** Taken where the field is left out; a field without one is needed. */
  readonly standard?: T;
  /** True where people paste a secret instead of its name: what does not fit is not shown. */
  readonly isHidden?: true;
};

export type Parsed<F> = F extends Field<infer T> ? T : never;

const text = (form: RegExp, expected: string): Field<string> => ({
  expected,
  accept: (value) => (typeof value === 'string' && form.test(value) ? value : undefined),
});

const number = (minimum: number, maximum: number, unit: string, standard?: number): Field<number> => ({
  expected: `a whole number of ${unit} from ${minimum} to ${maximum}`,
  accept: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum ? value : undefined,
  ...(standard !== undefined && { standard }),
});

const addressForm = /^[^\s@<>(),;:"\\[\]]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

const address = text(addressForm, 'one mail address such as name@example.com');

/** The case of letters and the plus part do not make another person. */
export const personOf = (one: string) => one.toLowerCase().replace(/(?<=.)\+[^@]*/, '');

const oneOrMore = (value: readonly unknown[]) =>
  value.every((one): one is string => typeof one === 'string' && addressForm.test(one)) ? value : undefined;

/** Two, because who started a run cannot approve it alone; 20, because all of them travel in every function's environment. */
const approvers: Field<readonly string[]> = {
  expected: 'a list of 2 to 20 mail addresses of different people',
  accept: (value) => {
    if (!Array.isArray(value) || value.length < 2 || value.length > 20) return undefined;
    if (!value.every((one): one is string => typeof one === 'string' && addressForm.test(one))) return undefined;
    return new Set(value.map(personOf)).size === value.length ? value : undefined;
  },
};

/** Left out, nobody approves a rollback alone but as its approvers do. */
const onCall: Field<readonly string[]> = {
  expected: 'a list of 1 to 20 mail addresses of different people',
  accept: (value) => (Array.isArray(value) && value.length === 1 ? oneOrMore(value) : approvers.accept(value)),
  standard: [],
};

// A session of IAM Identity Center, whose name is the user's. Of any other role whoever assumes it chooses the session's name.
const identityCenterForm = /^arn:aws(-[a-z-]+)?:sts::\d{12}:assumed-role\/AWSReservedSSO_[\w+=,.@-]+\/[\w+=,.@-]+$/;
// Not a role of IAM Identity Center: everybody who was given its permission set has it.
const userOrRoleForm =
  /^arn:aws(-[a-z-]+)?:iam::\d{12}:(user|role)\/(?!(.*\/)?AWSReservedSSO_)([\x21-\x7e]+\/)?[\w+=,.@-]+$/;

const isPrincipal = (one: unknown): one is string =>
  typeof one === 'string' && (identityCenterForm.test(one) || userOrRoleForm.test(one));

/** Whose principals are whose: a principal is one person, so none stands twice. */
const principals: Field<Readonly<Record<string, readonly string[]>>> = {
  expected:
    'approvers, each with a list of 1 to 5 ARNs: of an IAM user, of a role that only this person may assume, or of a session of IAM Identity Center (arn:aws:sts::ACCOUNT:assumed-role/AWSReservedSSO_…/USER); none twice',
  accept: (value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
    const entries = Object.entries(value as Readonly<Record<string, unknown>>);
    const isList = (arns: unknown) =>
      Array.isArray(arns) && arns.length >= 1 && arns.length <= 5 && arns.every(isPrincipal);
    if (!entries.every(([person, arns]) => addressForm.test(person) && isList(arns))) return undefined;
    const all = entries.flatMap(([, arns]) => arns as readonly string[]);
    const people = entries.map(([person]) => personOf(person));
    return new Set(all).size === all.length && new Set(people).size === people.length
      ? (value as Readonly<Record<string, readonly string[]>>)
      : undefined;
  },
  standard: {},
};

/** Of a secret in AWS Secrets Manager; an ARN would tie the file to one account. */
// API keys of Neon and tokens of GitHub begin like this: a key is not a name, and every template would contain it.
const secretNameForm = /^(?!napi_|gh[a-z]_|github_pat_)[A-Za-z0-9/_+=.@-]{1,512}$/;

const secretName: Field<string> = {
  ...text(secretNameForm, 'the name of a secret, not the secret: letters, digits and /_+=.@-'),
  isHidden: true,
};

/** At most 5: a message counts as delivered only after each has been asked in turn. */
const secretNames: Field<readonly string[]> = {
  isHidden: true,
  expected: 'a list of at most 5 different names of secrets',
  accept: (value) =>
    Array.isArray(value) &&
    value.length <= 5 &&
    value.every((one) => secretNameForm.test(String(one))) &&
    new Set(value).size === value.length
      ? value
      : undefined,
  standard: [],
};

/** Without TLS only on this machine, where a stand-in for Neon serves. */
const neonUrl = text(
  /^(https:\/\/[^\s/]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/[^\s?#]*[^\s?#/])?$/,
  'an https address without a slash at its end',
);

const apiUrl: Field<string> = { ...neonUrl, standard: 'https://console.neon.tech/api/v2' };

/** Empty = where Neon's driver looks for it, beside the database's own address. */
const sqlUrl: Field<string> = { ...neonUrl, standard: '' };

/** Without a path: a pull request's address begins with it. */
const codeHostUrl = text(/^https:\/\/[^\s/]+$/, 'the https address of the code host without a slash at its end');

const repositoryName = text(
  /^[A-Za-z0-9][\w-]*\/(?!\.+$)[\w.-]+$/,
  'a repository such as acme/shop, by its owner and its name',
);

const postgresName = text(/^[^\s"'\\;]{1,63}$/, 'a PostgreSQL name of 1 to 63 characters without blanks and quotes');

/** 41: it begins the names of functions, which have at most 64 characters, and the longest of ours has 22 behind the hyphen. */
const installationName = text(
  /^(?=.{1,41}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/,
  'a name of at most 41 letters, digits and hyphens that begins with a letter, such as MigrationChecklist',
);

/** 20: each gets a metric filter, of which a log group takes 100 in all. */
const logGroups: Field<readonly string[]> = {
  expected: 'a list of at most 20 different names of log groups such as /aws/lambda/shop-api',
  accept: (value) =>
    Array.isArray(value) &&
    value.length <= 20 &&
    value.every((one) => typeof one === 'string' && /^[A-Za-z0-9_/.#-]{1,512}$/.test(one)) &&
    new Set(value).size === value.length
      ? value
      : undefined,
  standard: [],
};

const yesOrNo = (standard: boolean): Field<boolean> => ({
  expected: 'true or false',
  accept: (value) => (typeof value === 'boolean' ? value : undefined),
  standard,
});

export const fields = {
  'installation.name': { ...installationName, standard: 'MigrationChecklist' },
  'installation.region': text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as eu-central-1'),
  'neon.projectId': text(/^[a-z0-9]+(-[a-z0-9]+)+$/, 'the id of a Neon project such as quiet-river-12345678'),
  'neon.stagingBranchId': text(
    /^br-[a-z0-9]+(-[a-z0-9]+)*$/,
    'the id of the staging branch such as br-cold-sun-a1b2c3d4',
  ),
  'neon.database': postgresName,
  'neon.role': postgresName,
  'neon.apiKeySecret': secretName,
  'neon.apiUrl': apiUrl,
  'neon.sqlUrl': sqlUrl,
  'approvals.linkKeySecret': secretName,
  'approvals.review': approvers,
  'approvals.apply': approvers,
  'approvals.rollback': approvers,
  'approvals.onCall': onCall,
  'approvals.principals': principals,
  'approvals.timeoutHours': number(1, 720, 'hours'),
  'approvalsNeeded.review': number(1, 20, 'people', 1),
  'approvalsNeeded.apply': number(1, 20, 'people', 1),
  'approvalsNeeded.rollback': number(1, 20, 'people', 1),
  'mail.sender': address,
  'mail.team': address,
  'chat.webhookSecrets': secretNames,
  'codeHost.url': { ...codeHostUrl, standard: 'https://github.com' },
  'codeHost.apiUrl': { ...neonUrl, standard: '' },
  'codeHost.tokenSecret': { ...secretName, standard: '' },
  'codeHost.documentsRepository': { ...repositoryName, standard: '' },
  'codeHost.documentsTokenSecret': { ...secretName, standard: '' },
  'monitor.tokenKeySecret': secretName,
  'monitor.hours': number(24, 48, 'hours'),
  'monitor.sampleEveryMinutes': number(1, 15, 'minutes'),
  'monitor.onCall': address,
  'monitor.logGroups': logGroups,
  // Ten years at most: nobody but a holder of s3:BypassGovernanceRetention can shorten it afterwards.
  'objectLock.days': number(0, 3_650, 'days', 0),
  'objectLock.isBucketOlder': yesOrNo(false),
  // A careful figure, of a backup with its restore; `npm run bench -- backup` measures a machine's own.
  'backups.megabytesPerSecond': number(1, 10_000, 'megabytes a second', 10),
  'backups.largestGigabytes': number(0, 100_000, 'gigabytes', 0),
  'backups.keepDays': number(0, 3_650, 'days', 0),
  'limits.lockTimeoutMs': number(100, 60_000, 'milliseconds', 2_000),
  'limits.longestBlockingMs': number(10, 600_000, 'milliseconds', 1_000),
  'limits.statementTimeoutMs': number(0, 850_000, 'milliseconds', 600_000),
} as const;
