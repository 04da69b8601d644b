/** What a look at this machine found, and what it keeps from running. */

import { terminalLine } from '#domain/text/lines';

/** `✓` as it should be, `!` worth knowing, `✗` in the way of a command. */
export type Sign = '✓' | '!' | '✗';

export type Finding = {
  readonly sign: Sign;
  /** What was looked at and how it is; never a secret. */
  readonly text: string;
  /** What to do; null where nothing is to be done. */
  readonly remedy: string | null;
  /** The commands that it is in the way of. */
  readonly stops: readonly string[];
};

export const well = (text: string): Finding => ({ sign: '✓', text, remedy: null, stops: [] });

export const worthKnowing = (text: string, remedy: string, stops: readonly string[] = []): Finding => ({
  sign: '!',
  text,
  remedy,
  stops,
});

export const inTheWay = (text: string, remedy: string, stops: readonly string[]): Finding => ({
  sign: '✗',
  text,
  remedy,
  stops,
});

/** Commands in the order in which a team meets them. */
const commands = ['review', 'rehearse', 'run', 'adopt', 'publish', 'deploy'] as const;

const listed = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));

/** One line for each finding, its remedy below it, and at the end what can be run. */
export const describeFindings = (findings: readonly Finding[]): readonly string[] => {
  const stopped = new Set(findings.flatMap(({ stops }) => stops));
  const ready = commands.filter((name) => !stopped.has(name));
  const not = commands.filter((name) => stopped.has(name));
  return [
    ...findings.flatMap(({ sign, text, remedy }) => [
      terminalLine`${sign} ${text}`,
      ...(remedy === null ? [] : [terminalLine`    ${remedy}`]),
    ]),
    `ready for: ${listed(ready)}`,
    ...(not.length === 0 ? [] : [`not ready for: ${listed(not)}`]),
  ];
};
