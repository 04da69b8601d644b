/** What may be of any length, for a place that takes so much and no more: what is left out is counted, never dropped in silence. */

/**
 * @example
 * shortened('abcdef', 4) // 'abcd… (2 characters more)'
 */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} characters more)`;

/** The first ones, each shortened, and a last line that counts the others; `where` says where those are. */
export const firstLines = (
  lines: readonly string[],
  { most, characters, where }: { readonly most: number; readonly characters: number; readonly where: string },
): readonly string[] => [
  ...lines.slice(0, most).map((line) => shortened(line, characters)),
  ...(lines.length > most ? [`… and ${lines.length - most} more ${where}`] : []),
];

/** 8,000 characters: Step Functions keeps 32,768 of a cause, a state's variables hold several, and no person reads more. */
const longestMessage = 8_000;

/** Shortens an error's message in place, so that whoever records, logs, passes on or mails it has the same words. */
export const shortenMessage = (error: unknown): void => {
  if (error instanceof Error && error.message.length > longestMessage)
    error.message = shortened(error.message, longestMessage);
};
