/** Reads an `.eml` file as far as the mailbox page and the auto-approver need it: subject, people, time, text. */

export type ReadMail = {
  readonly subject: string;
  readonly to: string;
  readonly date: string;
  /** The plain text part; empty when the mail has none. */
  readonly text: string;
};

type Part = { readonly headers: ReadonlyMap<string, string>; readonly body: string };

/** RFC 5322: a header continues in lines that begin with a blank. */
const splitPart = (source: string): Part => {
  const end = /\r?\n\r?\n/.exec(source);
  const head = end ? source.slice(0, end.index) : source;
  const headers = head
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
    .flatMap((match) => (match?.[1] ? [[match[1].toLowerCase(), match[2] ?? ''] as const] : []));
  return { headers: new Map(headers), body: end ? source.slice(end.index + end[0].length) : '' };
};

const decodeQuoted = (text: string): Buffer =>
  Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

const decoders: Readonly<Record<string, (body: string) => Buffer>> = {
  base64: (body) => Buffer.from(body, 'base64'),
  'quoted-printable': decodeQuoted,
};

const parameterOf = (header: string, name: string): string | null =>
  new RegExp(`;\\s*${name}="?([^";]+)"?`, 'i').exec(header)?.[1] ?? null;

const decodeText = ({ headers, body }: Part): string => {
  const encoding = (headers.get('content-transfer-encoding') ?? '').trim().toLowerCase();
  const bytes = decoders[encoding]?.(body) ?? Buffer.from(body, 'latin1');
  const charset = parameterOf(headers.get('content-type') ?? '', 'charset') ?? 'utf-8';
  return new TextDecoder(charset).decode(bytes).replaceAll('\r\n', '\n');
};

/** The first plain text in a part or in the parts inside it. */
const findText = (part: Part): string | null => {
  const type = part.headers.get('content-type') ?? 'text/plain';
  if (/^text\/plain/i.test(type)) return decodeText(part);
  const boundary = parameterOf(type, 'boundary');
  if (!/^multipart\//i.test(type) || boundary === null) return null;
  const inner = part.body.split(`--${boundary}`).slice(1, -1);
  return inner.map((source) => findText(splitPart(source.replace(/^\r?\n/, '')))).find((text) => text !== null) ?? null;
};

/** RFC 2047: `=?UTF-8?Q?…?=` and `=?UTF-8?B?…?=`; blanks between two such words do not count. */
const decodeWords = (header: string): string =>
  header
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?([^?]+)\?([QB])\?([^?]*)\?=/gi, (_, charset: string, kind: string, text: string) =>
      new TextDecoder(charset).decode(
        kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : decodeQuoted(text.replaceAll('_', ' ')),
      ),
    );

export const parseMail = (bytes: Buffer): ReadMail => {
  // latin1 keeps every byte; the parts say what their bytes mean.
  const part = splitPart(bytes.toString('latin1'));
  const header = (name: string) => decodeWords(part.headers.get(name) ?? '');
  return { subject: header('subject'), to: header('to'), date: header('date'), text: findText(part) ?? '' };
};
