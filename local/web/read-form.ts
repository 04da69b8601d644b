/** Reads a form that was sent. */
import type { IncomingMessage } from 'node:http';
import type { Refusal } from './guards';

/** A decision with a long reason and all boxes ticked has about 4 KB. */
const maximumBodyBytes = 64 * 1024;

const isForm = ({ headers }: IncomingMessage) =>
  /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '');

const tooLong: Refusal = { status: 413, title: 'Too long', sentence: 'Shorten the reason and send the form again.' };

export type SentForm =
  | { readonly isTaken: true; readonly form: Readonly<Record<string, string>> }
  | { readonly isTaken: false; readonly refusal: Refusal };

const refused = (refusal: Refusal): SentForm => ({ isTaken: false, refusal });

export const readForm = async (request: IncomingMessage): Promise<SentForm> => {
  if (!isForm(request))
    return refused({ status: 415, title: 'Not a form', sentence: 'Send the form of the page as a browser does.' });
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maximumBodyBytes) return refused(tooLong);
    chunks.push(chunk);
  }
  const fields = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  return { isTaken: true, form: Object.fromEntries(fields) };
};
