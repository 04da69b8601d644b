import { rememberSuccess } from './remember-success';

type AnyMethod = (...values: readonly unknown[]) => Promise<unknown>;

/**
 * A port that is made at its first call: a function that never asks for it needs neither its variables nor its permissions,
 * and loads none of its modules. Every method of the port has to be named.
 */
export const deferPort = <P extends object>(
  methods: Readonly<Record<keyof P & string, true>>,
  make: () => Promise<P>,
): P => {
  const port = rememberSuccess(make);
  const deferred = Object.keys(methods).map((name) => {
    const call: AnyMethod = async (...values) => {
      const made = (await port()) as Readonly<Record<string, AnyMethod>>;
      return made[name]?.(...values);
    };
    return [name, call];
  });
  return Object.fromEntries(deferred) as P;
};
