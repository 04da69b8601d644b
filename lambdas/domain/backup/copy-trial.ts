/** What a trial of copying a database and restoring it found, before a person is asked for anything. */
import { dumpObjectInWords } from './dump-object';
import type { LeftOut, RefusedStatement } from './left-out';

/** What keeps a database from being copied and restored. */
export type CopyFault = {
  readonly object: string;
  /** What happens, a clause. */
  readonly cause: string;
  /** What to do: a statement where there is one. */
  readonly remedy: string;
};

export type CopyTrial = {
  /** Worst first; empty is good. */
  readonly faults: readonly CopyFault[];
  readonly leftOut: readonly LeftOut[];
  /** What could not be asked, one sentence each. */
  readonly notTried: readonly string[];
};

/** `role` is the one that copies. */
export type RolesOfCopy = { readonly role: string; readonly superusers: readonly string[] };

export const faultInWords = ({ object, cause, remedy }: CopyFault): string => `${object}: ${cause}; remedy: ${remedy}`;

/** Each fault on its own, numbered where there are several. */
export const faultsInWords = (faults: readonly CopyFault[]): string =>
  faults.length === 1
    ? faults.map(faultInWords).join('')
    : faults.map((fault, index) => `(${index + 1}) ${faultInWords(fault)}`).join('; ');

/** Null when the target can be copied and restored. */
export const targetFaultInWords = ({ faults }: CopyTrial): string | null =>
  faults.length === 0
    ? null
    : `${faultsInWords(faults)}. Every run copies the target and restores its backup, and this target cannot be copied: the target is at fault, not this migration. Mend it, then start again`;

const ident = '"(?:[^"]|"")+"|[^\\s";]+';
const unquoted = (name: string) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
const quoted = (name: string) => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

type Remedy = (refused: RefusedStatement, roles: RolesOfCopy) => Pick<CopyFault, 'cause' | 'remedy'> | null;

const isOwnedByOther: Remedy = ({ sql, message }, { role, superusers }) => {
  const [, altered, owner] = new RegExp(`^(ALTER .*) OWNER TO (${ident});$`, 's').exec(sql) ?? [];
  if (altered === undefined || owner === undefined) return null;
  const isSuperuser = superusers.includes(unquoted(owner));
  return {
    cause: `it belongs to role ${owner}${isSuperuser ? ', a superuser' : ''}, and role ${quoted(role)} cannot give a copy of it that owner (${message})`,
    remedy: isSuperuser
      ? `as a superuser, ${altered} OWNER TO ${quoted(role)}`
      : `GRANT ${owner} TO ${quoted(role)}, or ${altered} OWNER TO ${quoted(role)}`,
  };
};

const isGrantedByOther: Remedy = ({ sql, message }, { role }) => {
  const [, grantor] = new RegExp(`^SET (?:SESSION AUTHORIZATION|ROLE) (${ident});$`).exec(sql) ?? [];
  return grantor === undefined
    ? null
    : {
        cause: `role ${grantor} has granted them, and role ${quoted(role)} cannot act as that role (${message})`,
        remedy: `GRANT ${grantor} TO ${quoted(role)}, or let the owner grant them instead`,
      };
};

/** By PostgreSQL's message; `$1` is what it names. */
const byMessage: readonly (readonly [message: RegExp, remedy: (named: string, role: string) => string])[] = [
  [/permission denied for tablespace (.+)$/, (named, role) => `GRANT CREATE ON TABLESPACE ${named} TO ${role}`],
  [/permission denied to set parameter "(.+)"/, (named, role) => `GRANT SET ON PARAMETER ${named} TO ${role}`],
  [/permission denied for schema (.+)$/, (named, role) => `GRANT USAGE, CREATE ON SCHEMA ${named} TO ${role}`],
  [/(leakproof) function/, () => 'as a superuser, ALTER FUNCTION … NOT LEAKPROOF'],
];

const anyOther: Remedy = ({ message }, { role }) => {
  for (const [pattern, remedyOf] of byMessage) {
    const [, named] = pattern.exec(message) ?? [];
    if (named !== undefined) return { cause: message, remedy: remedyOf(named, quoted(role)) };
  }
  return {
    cause: message,
    remedy: `let a role run the checklist that may make it (role ${quoted(role)} may not), or drop it if nothing needs it`,
  };
};

/** What a statement says that a restore refused. */
export const faultOf = (refused: RefusedStatement, roles: RolesOfCopy): CopyFault => {
  const [first = ''] = refused.sql.split('\n');
  const found = isOwnedByOther(refused, roles) ?? isGrantedByOther(refused, roles) ?? anyOther(refused, roles);
  return {
    object: refused.object ? dumpObjectInWords(refused.object) : `"${first.slice(0, 120)}"`,
    ...(found as Pick<CopyFault, 'cause' | 'remedy'>),
  };
};
