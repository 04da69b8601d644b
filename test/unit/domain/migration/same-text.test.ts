import { sameTextHashes, textSha256Of } from '#domain/migration/same-text';
import { sha256Of } from '#domain/sha256';

const applied = '-- é\nSELECT 1;\n\n-- ROLLBACK\n-- SELECT 2;\n';
const mark = '\ufeff';

test.each([
  ['CRLF', applied.replaceAll('\n', '\r\n')],
  ['a byte order mark', mark + applied],
  ['CRLF and a byte order mark', mark + applied.replaceAll('\n', '\r\n')],
  ['no line end at its end', applied.trimEnd()],
  ['an empty line at its end', `${applied}\n`],
  ['lines that end either way', applied.replace('\n', '\r\n')],
])('a file with %s has the text that was applied', (_, now) => {
  expect(sameTextHashes(Buffer.from(now))).toContain(sha256Of(applied));
  expect(textSha256Of(Buffer.from(now))).toBe(textSha256Of(Buffer.from(applied)));
});

test.each([
  ['a blank more', applied.replace('1;', '1 ;')],
  ['a carriage return within a line', applied.replace('1;', '1;\r ')],
  ['an empty line more in the middle', applied.replace('\n\n', '\n\n\n')],
])('a file with %s is an edited one', (_, now) => {
  expect(sameTextHashes(Buffer.from(now))).not.toContain(sha256Of(applied));
  expect(textSha256Of(Buffer.from(now))).not.toBe(textSha256Of(Buffer.from(applied)));
});
