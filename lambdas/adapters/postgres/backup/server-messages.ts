/** The little of PostgreSQL's wire protocol that is needed to lend a session to another program. */
import pg from 'pg';

/** A message: type, length of all that follows the type, body. */
const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type, 'latin1'), length, body]);
};

const codeOf = (type: string) => type.charCodeAt(0);

/** ReadyForQuery inside a transaction block. */
export const readyInTransaction = message('Z', Buffer.from('T'));

/** What a client sends to run a statement. */
export const queryMessage = (sql: string): Buffer => message('Q', Buffer.from(`${sql}\0`));

/** What a server says after a login that succeeded; `parameters` are the settings it reports. */
export const greeting = (parameters: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([
    message('R', Buffer.alloc(4)),
    ...Object.entries(parameters).map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`))),
    message('K', Buffer.alloc(8)),
    readyInTransaction,
  ]);

/** The first error in an answer of whole messages, as pg would throw it; null when there is none. */
export const errorIn = (answer: Buffer): pg.DatabaseError | null => {
  for (let at = 0; at < answer.length; at += 1 + answer.readUInt32BE(at + 1)) {
    if (answer[at] !== codeOf('E')) continue;
    // Fields of one letter and a text each.
    const fields = answer.toString('utf8', at + 5, at + 1 + answer.readUInt32BE(at + 1)).split('\0');
    const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1) ?? '';
    const error = new pg.DatabaseError(field('M'), answer.length, 'error');
    return Object.assign(error, { severity: field('V'), code: field('C'), detail: field('D') });
  }
  return null;
};

/** Collects what a server sends and hands over one answer at a time: everything up to and with ReadyForQuery. */
export const collectAnswers = (onAnswer: (answer: Buffer) => void): ((bytes: Buffer) => void) => {
  let chunks: Buffer[] = [];
  let unread: Buffer = Buffer.alloc(0);
  let messageBytesLeft = 0;
  let isLastMessage = false;

  return (bytes) => {
    unread = unread.length ? Buffer.concat([unread, bytes]) : bytes;
    let at = 0;
    for (;;) {
      const step = Math.min(messageBytesLeft, unread.length - at);
      at += step;
      messageBytesLeft -= step;
      if (messageBytesLeft > 0 || isLastMessage || unread.length - at < 5) break;
      isLastMessage = unread[at] === codeOf('Z');
      messageBytesLeft = 1 + unread.readUInt32BE(at + 1);
    }
    chunks.push(unread.subarray(0, at));
    unread = unread.subarray(at);
    if (!isLastMessage || messageBytesLeft > 0) return;
    const answer = Buffer.concat(chunks);
    chunks = [];
    isLastMessage = false;
    onAnswer(answer);
  };
};
