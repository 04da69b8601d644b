/** Reads the members of a Step Functions request, and refuses wrong values with AWS's error names. */
import { ApiError, type ApiErrorName } from './errors';

export type Parameters = Readonly<Record<string, unknown>>;

const refuse = (name: string, value: unknown, expected: string) =>
  new ApiError('ValidationException', `"${name}" is ${JSON.stringify(value) ?? 'missing'}; expected ${expected}`);

export const optionalText = (parameters: Parameters, name: string, longest = 2_048): string | undefined => {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.length <= longest) return value;
  // The value itself may be a token or a large document: it is not repeated.
  throw new ApiError('ValidationException', `"${name}" must be a text of at most ${longest} characters`);
};

export const requiredText = (parameters: Parameters, name: string, longest?: number): string => {
  const value = optionalText(parameters, name, longest);
  if (value === undefined || value === '') throw refuse(name, value, 'a text');
  return value;
};

export const optionalFlag = (parameters: Parameters, name: string, otherwise: boolean): boolean => {
  const value = parameters[name] ?? otherwise;
  if (typeof value === 'boolean') return value;
  throw refuse(name, value, 'true or false');
};

export const optionalOneOf = <T extends string>(parameters: Parameters, name: string, allowed: readonly T[]) => {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw refuse(name, value, `one of ${allowed.join(', ')}`);
  return found;
};

/** The JSON value in a text. */
export const jsonText = (text: string, refusal: ApiErrorName, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ApiError(refusal, `the ${what} is not JSON: ${(error as Error).message}`);
  }
};

// API reference: 100 when not asked for, 0 means the same, at most 1,000.
const [usualPage, largestPage] = [100, 1_000];

/** One page of the items and the token of the next. The token is the position to continue from. */
export const pageOf = <T>(items: readonly T[], parameters: Parameters) => {
  const wanted = parameters['maxResults'] ?? 0;
  if (typeof wanted !== 'number' || !Number.isInteger(wanted) || wanted < 0 || wanted > largestPage)
    throw refuse('maxResults', wanted, `a whole number from 0 to ${largestPage}`);
  const token = optionalText(parameters, 'nextToken');
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString('latin1'));
  if (!Number.isInteger(from) || from < 0 || from > items.length || token === '')
    throw new ApiError('InvalidToken', 'the nextToken is not one that was given out for this request');
  const to = from + (wanted || usualPage);
  return {
    page: items.slice(from, to),
    ...(to < items.length && { nextToken: Buffer.from(String(to)).toString('base64url') }),
  };
};
