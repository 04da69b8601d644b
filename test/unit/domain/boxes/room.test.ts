import { attested, failed, type Judges, judgeOf, judgeRoom, notApplicable, open, proved } from '#domain/boxes/room';

/** As if they were all boxes of one step. */
const own = ['6.1', '10.1', '3.4'] as const;

type Facts = {
  readonly rows: number;
  /** Null when nobody can say. */
  readonly limit: number | null;
  readonly note: string;
};

const judge = judgeOf<Facts>();

const room: Judges<Facts> = {
  '6.1': judge(['rows', 'limit'], ({ rows, limit }) => proved(`${rows} of ${limit ?? 'no'} rows`, { limit })),
  '10.1': judge(['rows'], ({ rows }) => (rows > 0 ? failed(`${rows} rows are left`) : null)),
  '3.4': judge(['rows'], ({ rows, note }) => open(note === undefined ? `${rows} rows` : `${rows} rows; ${note}`), [
    'note',
  ]),
};

test('a box whose facts are there is judged, and the answers come in the order of the room', () => {
  expect(judgeRoom(room, { rows: 7, limit: 9 }, null)).toEqual([
    { box: '6.1', answer: 'proved', reason: '7 of 9 rows', facts: { limit: 9 } },
    { box: '10.1', answer: 'failed', reason: '7 rows are left' },
    { box: '3.4', answer: 'open', reason: '7 rows' },
  ]);
});

test('a fact that is null is there; one that is left out is not', () => {
  expect(judgeRoom(room, { rows: 7, limit: null }, null)[0]).toMatchObject({ box: '6.1', reason: '7 of no rows' });
  expect(judgeRoom(room, { rows: 7 }, null).map(({ box }) => box)).toEqual(['10.1', '3.4']);
});

test('a judge that has nothing to say leaves the box unanswered', () => {
  expect(judgeRoom(room, { rows: 0 }, null).map(({ box }) => box)).toEqual(['3.4']);
});

test('what a judge may use it uses where it is there, and does not wait for', () => {
  expect(judgeRoom(room, { rows: 0, note: 'counted twice' }, null)).toEqual([
    { box: '3.4', answer: 'open', reason: '0 rows; counted twice' },
  ]);
  expect(judgeRoom(room, { note: 'counted twice' }, null)).toEqual([]);
});

test('a box whose fact was being found out when the error came is failed with its message', () => {
  const interruption = { message: 'canceling statement due to statement timeout', underWay: ['limit'], own };

  expect(judgeRoom(room, { rows: 0 }, interruption)).toEqual([
    { box: '6.1', answer: 'failed', reason: 'canceling statement due to statement timeout' },
    { box: '3.4', answer: 'open', reason: '0 rows' },
  ]);
});

test('an error that came while other facts were found out fails no box', () => {
  expect(judgeRoom(room, {}, { message: 'no such key', underWay: [], own })).toEqual([]);
  expect(judgeRoom(room, { limit: 9 }, { message: 'no such key', underWay: ['note'], own })).toEqual([]);
});

test('a fact that a judge only may use fails nothing while it is under way', () => {
  expect(judgeRoom(room, { rows: 0 }, { message: 'no such key', underWay: ['note'], own })).toEqual([
    { box: '3.4', answer: 'open', reason: '0 rows' },
  ]);
});

test('facts that are there are judged even when the state ended in an error', () => {
  expect(judgeRoom(room, { rows: 7, limit: 9 }, { message: 'cut off', underWay: ['rows'], own })).toEqual(
    judgeRoom(room, { rows: 7, limit: 9 }, null),
  );
});

test.each([
  [proved, 'proved'],
  [failed, 'failed'],
  [open, 'open'],
  [attested, 'attested'],
])('a judgement carries facts only where it has some (%#)', (judgementOf, answer) => {
  expect(judgementOf('why')).toEqual({ answer, reason: 'why' });
  expect(Object.keys(judgementOf('why'))).not.toContain('facts');
  expect(judgementOf('why', { a: 1 })).toEqual({ answer, reason: 'why', facts: { a: 1 } });
});

test('what does not apply says why', () => {
  expect(notApplicable('no query is declared')).toEqual({ answer: 'not applicable', reason: 'no query is declared' });
});

test('a box of another step keeps the answer that it has, whatever was under way', () => {
  const interruption = { message: 'no such table', underWay: ['rows'], own: ['6.1'] } as const;

  expect(judgeRoom(room, { limit: 9 }, interruption)).toEqual([
    { box: '6.1', answer: 'failed', reason: 'no such table' },
  ]);
});
