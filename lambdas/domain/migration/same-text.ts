/**
 * Tells a file with other line ends from an edited one: git (autocrlf) and editors change line feeds, the byte order mark and the
 * end of the last line without anybody having changed a statement.
 */
import { sha256Of } from '#domain/sha256';

const mark = '\u00ef\u00bb\u00bf';

// As latin1 each byte is one character, whatever the file's encoding.
const textOf = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
  return (text.startsWith(mark) ? text.slice(mark.length) : text).replace(/\n+$/, '');
};

/** The sha256 (hex) of the text alone: equal for files that differ in nothing but these. */
export const textSha256Of = (bytes: Uint8Array): string => sha256Of(Buffer.from(textOf(bytes), 'latin1'));

const ends = ['', '\n', '\n\n'];

/**
 * The hashes (hex) that the same text has with LF or CRLF throughout, with and without a byte order mark, and with none, one or two
 * line ends at its end: the ledger keeps no more than the hash of the bytes that were applied.
 *
 * @example
 * sameTextHashes(Buffer.from('SELECT 1;\r\n')).includes(sha256Of('SELECT 1;\n')) // true
 */
export const sameTextHashes = (bytes: Uint8Array): readonly string[] => {
  const text = textOf(bytes);
  return ends
    .map((end) => text + end)
    .flatMap((whole) => [whole, whole.replaceAll('\n', '\r\n')])
    .flatMap((whole) => [whole, mark + whole])
    .map((whole) => sha256Of(Buffer.from(whole, 'latin1')));
};
