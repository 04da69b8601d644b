import { answersInWords, latestAnswers } from '#domain/evidence/answers';
import { answer, document } from '#test/support/documents';

test('what was measured later replaces what was predicted earlier', () => {
  const documents = [
    document('03-impact-analysis', { boxes: [answer('3.4', 'open'), answer('3.5', 'failed')] }),
    document('06-dry-run', { boxes: [answer('3.5', 'proved', 'measured')] }),
  ];

  expect(latestAnswers(documents)).toEqual([answer('3.4', 'open'), answer('3.5', 'proved', 'measured')]);
});

test('a later failure replaces an earlier proof', () => {
  const documents = [document('a', { boxes: [answer('9.5')] }), document('b', { boxes: [answer('9.5', 'failed')] })];

  expect(latestAnswers(documents)).toEqual([answer('9.5', 'failed')]);
});

test('without evidence there is no answer', () => {
  expect(latestAnswers([document('a')])).toEqual([]);
});

test('answers are counted in the order of urgency', () => {
  expect(answersInWords([answer('1.1'), answer('1.2', 'failed'), answer('1.3')])).toBe('1 failed, 2 proved');
  expect(answersInWords([])).toBe('no box answered yet');
});
