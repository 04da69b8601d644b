/** What a checks file says of the application: probes, or that there is none. */
import { refusal } from '#domain/sql/source';
import type { DeclaredApplication, DeclaredProbe } from './checks';
import type { Directive } from './directives';

const probeForm = 'expected "-- probe: <name> GET <http or https URL> -- expect: <status>"';

const parseProbe = (fileName: string, { value, inlineExpect, at }: Directive): DeclaredProbe => {
  const [, name, url] = /^(\S.*?)\s+GET\s+(\S+)$/.exec(value) ?? [];
  if (name === undefined || url === undefined || !/^https?:\/\/[^/\s]+/.test(url) || !URL.canParse(url))
    throw refusal(fileName, at, `the probe "${value}" has the wrong form; ${probeForm}. Correct it`);
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw refusal(
      fileName,
      at,
      `the address of the probe "${name}" holds a user or a password, which the evidence would keep; expected an address that anybody may ask. Take it out`,
    );
  const status = inlineExpect ?? '200';
  if (!/^[1-5]\d\d$/.test(status))
    throw refusal(fileName, at, `"${status}" is no HTTP status; expected 100 to 599, for example 200. Correct it`);
  return { name, url, expectedStatus: Number(status), line: at.line };
};

const parseReason = (fileName: string, { value, at }: Directive): string => {
  const reason = /^none\s*,\s*(\S.*)$/i.exec(value)?.[1];
  if (reason !== undefined) return reason;
  throw refusal(
    fileName,
    at,
    `"${value}" has the wrong form; expected "-- application: none, <reason>". Give the reason, or declare probes`,
  );
};

/** Errors: MigrationRefused for a probe out of form, for `none` beside probes, for `none` twice. */
export const declaredApplication = (fileName: string, directives: readonly Directive[]): DeclaredApplication => {
  const probes = directives.filter(({ keyword }) => keyword === 'probe').map((one) => parseProbe(fileName, one));
  const [none, second] = directives.filter(({ keyword }) => keyword === 'application');
  if (second)
    throw refusal(fileName, second.at, `"application:" is declared twice, first in line ${none?.at.line}. Keep one`);
  if (!none) return probes.length > 0 ? { kind: 'probes', probes } : { kind: 'undeclared' };
  const reason = parseReason(fileName, none);
  if (probes.length === 0) return { kind: 'none', reason };
  throw refusal(
    fileName,
    none.at,
    `there is no application, and line ${probes[0]?.line} probes one; expected one or the other. Remove one of them`,
  );
};
