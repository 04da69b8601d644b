import { missingLinks, verifyBelongings, verifyChain } from '#domain/evidence/chain';
import { stored } from '#test/support/documents';

const opened = stored('00-open-run', []);
const reviewed = [stored('01-code-review', ['00-open-run']), stored('02-schema-validation', ['00-open-run'])];
const approved = stored('approve-review', ['01-code-review', '02-schema-validation']);
const signedOff = stored('sign-off', ['approve-review']);
const whole = [opened, ...reviewed, approved, signedOff];

const without = (name: string) => whole.filter(({ document }) => document.name !== name);

test('a chain that leads from the sign-off to the first document is whole, whatever the order in the store', () => {
  expect(verifyChain(whole)).toEqual([]);
  expect(verifyChain([...whole].reverse())).toEqual([]);
});

test('a run that was closed is as good a chain as one that was signed off', () => {
  expect(verifyChain([opened, stored('close-run', ['00-open-run'])])).toEqual([]);
});

test('a document that was removed is missed by its hash', () => {
  expect(verifyChain(without('01-code-review'))).toEqual([
    expect.stringContaining('sha256 sha-of-01-code-review is missing'),
  ]);
});

test('a document that was changed is missed under its old hash and unknown under its new one', () => {
  const changed = { ...approved, ref: { ...approved.ref, sha256: 'sha-of-a-forgery' } };

  expect(verifyChain([...without('approve-review'), changed])).toEqual([
    expect.stringContaining('sha-of-approve-review is missing'),
    ...['00-open-run', '01-code-review', '02-schema-validation', 'approve-review'].map((name) =>
      expect.stringContaining(`no later document names runs/run-1/${name}.json`),
    ),
  ]);
});

test('a document that was added after the run is named by none', () => {
  expect(verifyChain([...whole, stored('14-update-documentation', ['approve-review'])])).toEqual([
    'no later document names runs/run-1/14-update-documentation.json: it was changed or added after the run',
  ]);
});

test('a second beginning is told', () => {
  const second = stored('99-other', []);
  const end = stored('sign-off', ['approve-review', '99-other']);

  expect(verifyChain([...without('sign-off'), second, end])).toEqual(['2 documents claim to be the first; expected 1']);
});

test('a run without its last document cannot be verified', () => {
  expect(verifyChain(without('sign-off'))).toEqual([expect.stringContaining('there is no sign-off and no close-run')]);
  expect(verifyChain([])).toHaveLength(1);
});

test('missing links are looked for from the hashes that are given, through all that follows', () => {
  expect(missingLinks(['sha-of-approve-review'], whole)).toEqual([]);
  expect(missingLinks(['sha-of-approve-review'], without('00-open-run'))).toEqual(['sha-of-00-open-run']);
  expect(missingLinks(['sha-of-approve-review'], without('sign-off'))).toEqual([]);
  expect(missingLinks(['sha-of-nothing'], whole)).toEqual(['sha-of-nothing']);
  expect(missingLinks([], [])).toEqual([]);
});

test('what the closing document lists is held against what lies there', () => {
  const listed = [
    { key: 'runs/r/run.json', sha256: 'a' },
    { key: 'runs/r/migration.sql', sha256: 'b' },
  ];

  expect(verifyBelongings(listed, listed)).toEqual([]);
  expect(
    verifyBelongings(listed, [
      { key: 'runs/r/run.json', sha256: 'x' },
      { key: 'runs/r/new.json', sha256: 'c' },
    ]),
  ).toEqual([
    'runs/r/run.json was changed after the run',
    'runs/r/migration.sql was removed after the run',
    'runs/r/new.json was added after the run',
  ]);
});
