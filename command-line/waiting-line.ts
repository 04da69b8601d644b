/** The line on a terminal that names what takes longer than a second. */

import { onOneLine } from '#domain/text/visible';

type Terminal = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

export type WaitingLine = {
  /** Names what is running now; shown after a second, with the seconds counted. */
  begin(what: string): void;
  /** Erases the line, so that something else can be written. */
  end(): void;
};

/** Carriage return, erase to the end of the line. */
const eraseLine = '\r\u001b[K';

/** Writes nothing unless the output is a terminal: a log gets whole lines only. */
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
        terminal.write(`${eraseLine}… ${onOneLine(what)}, ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);
      }, 1_000);
      // The timer must not keep the process alive.
      timer.unref();
    },
  };
};
