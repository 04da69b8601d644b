/** Ctrl-C and the like: aborts the work, and removes what it made before the process ends. */
import { Interrupted, signalCodes } from './exit-codes';

/** Hands over a promise that rejects with Interrupted at the first signal; later ones wait for the tidying up. */
export const withInterruption = async <T>(work: (interrupted: Promise<never>) => Promise<T>): Promise<T> => {
  let interrupt: (signal: keyof typeof signalCodes) => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = (signal) => reject(new Interrupted(signal));
  });
  // Also when nobody waits for it at the moment.
  interrupted.catch(() => undefined);
  const signals = Object.keys(signalCodes) as (keyof typeof signalCodes)[];
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(interrupted);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
};
