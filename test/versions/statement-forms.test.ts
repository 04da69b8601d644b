import { observeForms } from './observe-forms';
import { forms, formsOutside } from './statement-forms';
import { versions, withVersion } from './with-version';

const expected = Object.fromEntries(
  [...forms, ...formsOutside].map(({ form, class: expectedClass, locks }) => [form, { class: expectedClass, locks }]),
);

test.each(versions)(
  'PostgreSQL %i: what statements do to a large table, and how they lock it, is told as it is',
  (version) =>
    withVersion(version, async (connection) => {
      const { observed, version: found } = await observeForms(connection);

      expect(found).toBe(version);
      expect(observed).toEqual(expected);
    }),
);
