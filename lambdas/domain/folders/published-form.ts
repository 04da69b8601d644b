/** The file that says, beside published migrations, in which other tool's form they are. */
import { InvalidInput } from '#domain/errors';

export const formFileName = 'form.json';

export const formFileOf = (form: string): string => `${JSON.stringify({ form })}\n`;

/** Errors: InvalidInput. */
export const readFormFile = (bytes: Uint8Array): string => {
  try {
    const { form } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { form?: unknown };
    if (typeof form === 'string') return form;
  } catch {
    // What follows says what was expected.
  }
  throw new InvalidInput(`${formFileName} names no form; expected {"form": "pairs"}. Publish the migrations again`);
};
