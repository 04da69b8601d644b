/** The line on a terminal that is written over as work goes on; a log gets one line every ten seconds. */

type Terminal = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

const eraseLine = '\r\u001b[K';

/** `describe` is asked whenever the line is written, with the milliseconds since the beginning. */
export const withProgressLine = async <T>(
  terminal: Terminal,
  describe: (elapsedMs: number) => string,
  work: () => Promise<T>,
): Promise<T> => {
  const startedAtMs = performance.now();
  const show = () => {
    const line = describe(performance.now() - startedAtMs);
    terminal.write(terminal.isTTY ? `${eraseLine}… ${line}` : `… ${line}\n`);
  };
  const timer = setInterval(show, terminal.isTTY ? 1_000 : 10_000);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (terminal.isTTY) terminal.write(eraseLine);
  }
};
