import { asSentence } from '#domain/reports/sentence';

test.each([
  ['it failed', 'it failed.'],
  ['it failed.', 'it failed.'],
  ['it failed!', 'it failed!'],
  ['did it fail?', 'did it fail?'],
  ['and so on …', 'and so on …'],
  ['he said "no."', 'he said "no."'],
  ['he said "no"', 'he said "no".'],
  ['(it failed.)', '(it failed.)'],
  ['  it failed ; ', 'it failed.'],
  ['', ''],
  ['  ', ''],
])('"%s" ends as a sentence', (text, sentence) => {
  expect(asSentence(text)).toBe(sentence);
});
