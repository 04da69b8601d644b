/** The text with a full stop at its end, unless it ends as a sentence already; empty stays empty. */
export const asSentence = (text: string): string => {
  const trimmed = text.trim().replace(/[\s,;:]+$/, '');
  return trimmed === '' || /[.!?…]["'”’)\]]*$/.test(trimmed) ? trimmed : `${trimmed}.`;
};
