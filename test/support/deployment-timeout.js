// Two whole runs after a synthesis: two minutes on a busy machine with two cores, ten mean that something hangs.
jest.setTimeout(600_000);
