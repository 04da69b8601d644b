/** psql's own commands, which only psql obeys. */

/** What to say of the one that the text begins with; null when it begins with none. */
export const describeMetaCommand = (text: string): string | null => {
  const command = /^\\[^\r\n]*/.exec(text)?.[0];
  return command === undefined
    ? null
    : `"${command.trim().slice(0, 60)}" is a psql meta-command; expected SQL only. Remove it, or write out what it does`;
};
