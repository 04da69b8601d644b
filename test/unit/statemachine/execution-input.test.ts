import { InvalidInput } from '#domain/errors';
import { parseExecutionInput } from '#statemachine/execution-input';

const available = ['001_create_jobs.sql', '002_create_notes.sql'];

const refused = (input: unknown, migrations: readonly string[] = available) => {
  try {
    parseExecutionInput(input, migrations);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInput);
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

test('a migration alone is enough', () => {
  expect(parseExecutionInput({ migration: '001_create_jobs.sql' }, available)).toEqual({
    migration: '001_create_jobs.sql',
    pullRequest: null,
    startedBy: null,
    author: null,
  });
});

test('texts are trimmed, and null is as good as left out', () => {
  const input = { migration: '001_create_jobs.sql', pullRequest: ' https://e/pull/1 ', startedBy: null, author: null };

  expect(parseExecutionInput(input, available)).toEqual({ ...input, pullRequest: 'https://e/pull/1' });
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'the input is nothing'],
  ['null', null, 'the input is null'],
  ['a text', '001_create_jobs.sql', 'the input is "001_create_jobs.sql"'],
  ['a list', ['001_create_jobs.sql'], 'the input is ["001_create_jobs.sql"]'],
  ['no migration', {}, '"migration" is nothing'],
  ['an empty migration', { migration: '' }, '"migration" is ""'],
  ['a migration that is no text', { migration: 1 }, '"migration" is 1'],
  ['an unknown migration', { migration: '9.sql' }, 'there is no migration "9.sql"'],
])('%s is refused with what is possible', (_, input, message) => {
  expect(refused(input)).toContain(message);
  expect(refused(input)).toContain('one of: 001_create_jobs.sql, 002_create_notes.sql');
});

test('without migrations the message says so', () => {
  expect(refused({ migration: 'x.sql' }, [])).toContain('(no migrations found)');
});

test('a misspelt field is named, with those that are known', () => {
  expect(refused({ migration: available[0], startedby: 'ada' })).toBe(
    'the input has "startedby"; known are migration, pullRequest, startedBy, author',
  );
});

test.each(['pullRequest', 'startedBy', 'author'])('%s must be a text that says something', (field) => {
  expect(refused({ migration: available[0], [field]: 7 })).toBe(`"${field}" is 7; expected a text, or leave it out`);
  expect(refused({ migration: available[0], [field]: '  ' })).toContain(`"${field}" is "  "`);
});

test.each(['Ada Lovelace', 'ada', 'ada@example.org, bob@example.org', 'arn:aws:iam::123456789012:user/ada'])(
  'people are named by one address, not as %s',
  (text) => {
    for (const field of ['startedBy', 'author'])
      expect(refused({ migration: available[0], [field]: text })).toBe(
        `"${field}" is "${text}"; expected one mail address such as ada@example.org`,
      );
  },
);

test.each(['see the mail', 'javascript:alert(1)', 'http://e/pull/1', 'https://ada:geheim@e/pull/1', 'https://e/ pull'])(
  'a pull request is named by an https address, not as %s',
  (pullRequest) => {
    const message = refused({ migration: available[0], pullRequest });

    expect(message).toMatch(/^"pullRequest" is no address that can be kept; expected the https address/);
    expect(message).not.toContain('geheim');
  },
);
