// Most of these tests take a second; on a machine that does much else it is ten, which is no failure of theirs.
jest.setTimeout(60_000);
