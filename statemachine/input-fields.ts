/** The fields of an execution's input, one by one: both workflows read theirs with these. */
import { addressIn } from '#domain/approvals/person';
import { InvalidInput } from '#domain/errors';

type Fields = Readonly<Record<string, unknown>>;

/** As JSON, or that it is not there. */
export const describeValue = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Null where it is left out. Errors: InvalidInput. */
export const optionalText = (input: Fields, name: string): string | null => {
  const value = input[name];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new InvalidInput(`"${name}" is ${describeValue(value)}; expected a text, or leave it out`);
};

/** People are compared by address: a name alone would keep nobody from approving what they started. Errors: InvalidInput. */
export const optionalPerson = (input: Fields, name: string): string | null => {
  const value = optionalText(input, name);
  if (value === null || addressIn(value) !== null) return value;
  throw new InvalidInput(`"${name}" is ${describeValue(value)}; expected one mail address such as ada@example.org`);
};

/** The input as an object with known fields only. `example` completes the messages. Errors: InvalidInput. */
export const requireFields = (input: unknown, known: readonly string[], example: string): Fields => {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidInput(`the input is ${describeValue(input)}; ${example}`);
  const unknown = Object.keys(input).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new InvalidInput(
      `the input has ${unknown.map((name) => `"${name}"`).join(', ')}; known are ${known.join(', ')}`,
    );
  return input as Fields;
};
