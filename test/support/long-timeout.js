// Whole runs and browsers: a minute is normal on a busy machine, three mean that something hangs.
jest.setTimeout(180_000);
