/** Reads the environment variables that the deployment sets. Messages name the variable, what was found and what is expected. */

export type Environment = Readonly<Record<string, string | undefined>>;

const refuse = (name: string, found: string | undefined, expected: string): never => {
  const said = found === undefined ? 'is not set' : `is ${JSON.stringify(found)}`;
  throw new Error(`the environment variable ${name} ${said}; expected ${expected}. Deploy again.`);
};

/** `expected` is a noun phrase for the message. Errors when the variable is missing or empty. */
export const readText = (environment: Environment, name: string, expected: string): string => {
  const found = environment[name];
  return found?.trim() ? found.trim() : refuse(name, found, expected);
};

export const readWholeNumber = (environment: Environment, name: string, unit: string, minimum: number): number => {
  const expected = `a whole number of ${unit}, ${minimum} or more`;
  const text = readText(environment, name, expected);
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) && value >= minimum ? value : refuse(name, text, expected);
};

/** Comma-separated. */
export const readAddresses = (environment: Environment, name: string): readonly string[] => {
  const expected = 'mail addresses with commas between them';
  const addresses = readText(environment, name, expected)
    .split(',')
    .map((address) => address.trim());
  return addresses.every((address) => /^[^\s@]+@[^\s@]+$/.test(address))
    ? addresses
    : refuse(name, environment[name], expected);
};

/** Comma-separated; empty where the variable is not set. */
export const readNames = (environment: Environment, name: string): readonly string[] =>
  (environment[name] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Comma-separated, and empty where it is left out. */
export const readList = (environment: Environment, name: string): readonly string[] =>
  (environment[name] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Lists by name, as JSON; empty where the variable is not set. */
export const readLists = (environment: Environment, name: string): Readonly<Record<string, readonly string[]>> => {
  const expected = 'JSON of names with lists of texts';
  const text = environment[name];
  if (text === undefined) return {};
  try {
    const lists = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isTextList = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (Object.values(lists).every(isTextList)) return lists as Readonly<Record<string, readonly string[]>>;
  } catch {
    // Said below.
  }
  return refuse(name, text, expected);
};

export const readBaseUrl = (environment: Environment, name: string): string => {
  const expected = 'an https URL without a slash at its end';
  const url = readText(environment, name, expected);
  return URL.canParse(url) && url.startsWith('https://') && !url.endsWith('/') ? url : refuse(name, url, expected);
};
