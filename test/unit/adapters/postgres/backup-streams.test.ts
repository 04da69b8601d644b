import { DumpUnusable, readDump } from '#adapters/postgres/backup/read-dump';
import { collectAnswers, errorIn } from '#adapters/postgres/backup/server-messages';

const chunksOf = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

async function* streamOf(text: string, size: number) {
  yield* chunksOf(Buffer.from(text), size);
}

const partsOf = async (text: string, size: number) => {
  const parts: unknown[] = [];
  for await (const part of readDump(streamOf(text, size))) {
    if (part.kind !== 'copy') parts.push(part);
    else {
      const rows: Buffer[] = [];
      for await (const chunk of part.rows) rows.push(chunk);
      parts.push({ kind: 'copy', sql: part.sql, rows: Buffer.concat(rows).toString() });
    }
  }
  return parts;
};

const dump = [
  '-- begin',
  "SELECT 'ü€😀;';",
  'COPY public.empty (a) FROM stdin;',
  '\\.',
  'COPY public."from stdin;" (a, b) FROM stdin;',
  "1\tit's; \\\\.",
  '\\\\.',
  '\\N\t-- no comment',
  '',
  '\\.',
  'COPY public.no_columns FROM stdin;',
  '',
  '',
  '\\.',
  'SELECT 2;',
  '',
].join('\n');

test.each([1, 2, 3, 4, 5, 7, 11, 64, 100_000])(
  'a dump that arrives in chunks of %d bytes has the same parts',
  async (size) => {
    expect(await partsOf(dump, size)).toEqual([
      { kind: 'comment', text: '-- begin' },
      { kind: 'statement', sql: "SELECT 'ü€😀;';" },
      { kind: 'copy', sql: 'COPY public.empty (a) FROM stdin;', rows: '' },
      {
        kind: 'copy',
        sql: 'COPY public."from stdin;" (a, b) FROM stdin;',
        rows: "1\tit's; \\\\.\n\\\\.\n\\N\t-- no comment\n\n",
      },
      { kind: 'copy', sql: 'COPY public.no_columns FROM stdin;', rows: '\n\n' },
      { kind: 'statement', sql: 'SELECT 2;' },
    ]);
  },
);

test.each(['SELECT 1', 'COPY t FROM stdin;\n', 'COPY t FROM stdin;\n1\n', 'COPY t FROM stdin;\n1\n\\.'])(
  'a dump that ends with %j is unusable',
  async (text) => {
    await expect(partsOf(text, 5)).rejects.toThrow(DumpUnusable);
  },
);

const message = (type: string, body: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
};

const firstAnswer = Buffer.concat([message('D', 'a row with a Z in it'), message('C', ''), message('Z', 'T')]);
const secondAnswer = Buffer.concat([message('E', 'SERROR\0VERROR\0C55P03\0Mtoo late\0\0'), message('Z', 'E')]);

test.each([1, 2, 4, 5, 6, 13, 1_000])('answers are taken apart from what arrives in chunks of %d bytes', (size) => {
  const answers: Buffer[] = [];
  const collect = collectAnswers((answer) => answers.push(answer));

  // A server does not answer before it is asked: the second answer never comes in one chunk with the first.
  for (const answer of [firstAnswer, secondAnswer]) for (const chunk of chunksOf(answer, size)) collect(chunk);

  expect(answers).toEqual([firstAnswer, secondAnswer]);
});

test("a server's error is found in its answer, as pg would throw it", () => {
  expect(errorIn(firstAnswer)).toBeNull();
  expect(errorIn(secondAnswer)).toMatchObject({ code: '55P03', severity: 'ERROR', message: 'too late' });
});
