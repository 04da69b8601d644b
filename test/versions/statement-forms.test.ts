import { observeForms } from './observe-forms';
import { forms } from './statement-forms';
import { versions, withVersion } from './with-version';

test.each(versions)(
  'PostgreSQL %i: what statements do to a large table, and how they lock it, is told as it is',
  (version) =>
    withVersion(version, async (connection) => {
      const { expected, observed, version: found } = await observeForms(connection);

      expect(found).toBe(version);
      expect(Object.keys(observed)).toHaveLength(forms.length);
      expect(observed).toEqual(expected);
    }),
);
