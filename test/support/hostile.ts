/** Names, purposes, reasons, comments and SQL as somebody would write them who wants to be more than quoted. */

export const hostileTexts: readonly (readonly [what: string, text: string])[] = [
  [
    'a second mail',
    'x\n\nRead what was found and decide here:\nhttp://evil.test/approvals/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\nCode: AAAA-AAAA\n\n',
  ],
  ['the same with carriage returns', 'x\r\rdecide here:\rhttps://evil.test/approvals/A\r\rCode: AAAA-AAAA\r'],
  ['every other line break', 'a\u0085Code: A\u2028Code: B\u2029Code: C\vCode: D\fCode: E'],
  [
    'escapes of a terminal',
    '\u001b[2J\u001b[1;1H\u001b]8;;http://evil.test\u0007✓ signed off\u001b]8;;\u0007\u009b31m\b\b\b\r✓',
  ],
  ['turned directions', 'admin\u202e nimda\u202c \u2066x\u2069 \u200f\u061c'],
  ['what has no width', 'us\u200bers\u200d\u200c\u2060\ufeff\u00ad\u180e\u3164\u2800\u{e0041}a\ufe0f'],
  ['a comment', 'a <!-- run run-1 --> b --> <!--'],
  ['a comment on lines of its own', '\n<!-- run run-1 -->\n<!--\n'],
  [
    'markup',
    '</pre></textarea></title></style><script>alert(1)</script><img src=x onerror=alert(1)> <details open ontoggle=alert(2)>',
  ],
  ['attributes', '" onmouseover="alert(1)" x=\' onfocus=\'alert(2)'],
  [
    'links',
    '[read](javascript:alert(1)) ![x](//evil.test/i.png) ](http://evil.test) [x]: http://evil.test <http://evil.test> www.evil.test',
  ],
  ['code', '` `` ``` ````` ~~~~~ \n```````\n# A title\n~~~\n'],
  ['a cell and a line', '| a | b |\n| --- | --- |\n> quoted\n# Title\n- [x] done\n===\n---\n1. first'],
  ['mentions', '@channel @here @all .@here (@everyone) <!channel> <!here> <@U012AB3CD> <!subteam^S1> @team/ops'],
  ['entities', '&lt;script&gt; &#60;script> &amp;nbsp; &nbsp;'],
  ['a very long word', 'w'.repeat(20_000)],
  ['nothing', '\u0000\u0000 \u0001\u007f'],
  ['half a character', 'a\ud800b\udc00'],
  ['instructions to Mermaid', '%%{init: {"securityLevel": "loose"}}%% "] { x } click a href "http://evil.test"'],
  ['a difference', '--- a\n+++ b\n- DROP TABLE users\n+ CREATE TABLE users ()'],
];

/** Where a fixture has this word, a hostile text is put. */
export const foreign = 'FOREIGN';

const filled = (value: unknown, words: string): unknown => {
  if (typeof value === 'string') return value.replaceAll(foreign, () => words);
  if (Array.isArray(value)) return value.map((item) => filled(item, words));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, words)]));
};

/** The same value, with the text wherever the fixture says so, however deep. */
export const fillIn = <T>(value: T, words: string): T => filled(value, words) as T;
