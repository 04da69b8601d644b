/** The line on a terminal that says what takes longer than a second. */

type Terminal = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

export type WaitingLine = {
  /** What is under way now; shown once it has taken a second, with the seconds counted. */
  begin(what: string): void;
  /** Takes the line away, so that something else can be written. */
  end(): void;
};

/** Carriage return, erase to the end of the line. */
const eraseLine = '\r\u001b[K';

/** Writes nothing where nobody looks: a log gets whole lines only. */
export const openWaitingLine = (terminal: Terminal): WaitingLine => {
  let timer: NodeJS.Timeout | null = null;
  let isShown = false;
  const end = () => {
    if (timer) clearInterval(timer);
    timer = null;
    if (isShown) terminal.write(eraseLine);
    isShown = false;
  };
  return {
    end,
    begin: (what) => {
      end();
      if (!terminal.isTTY) return;
      const startedAtMs = performance.now();
      timer = setInterval(() => {
        isShown = true;
        terminal.write(`${eraseLine}… ${what}, ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);
      }, 1_000);
      // A line on the terminal is no reason to stay.
      timer.unref();
    },
  };
};
