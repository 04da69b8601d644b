/** Ctrl-C and the like: the work is given up, and what it made is put away before the process ends. */

/** The user, or the system, asked the command to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** 128 + the signal's number, as a shell expects it. */
  readonly exitCode: number;
  constructor(exitCode: number) {
    super('stopped; nothing is left behind');
    this.exitCode = exitCode;
  }
}

const exitCodes: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Hands over a promise that rejects with Interrupted at the first signal; later ones wait for the tidying up. */
export const withInterruption = async <T>(work: (interrupted: Promise<never>) => Promise<T>): Promise<T> => {
  let interrupt: (signal: NodeJS.Signals) => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = (signal) => reject(new Interrupted(exitCodes[signal] ?? 1));
  });
  // Also when nobody waits for it at the moment.
  interrupted.catch(() => undefined);
  const signals = Object.keys(exitCodes) as NodeJS.Signals[];
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(interrupted);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
};
