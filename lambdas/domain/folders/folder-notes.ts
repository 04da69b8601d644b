/** What is said of the files of a folder: once for all files of which it is true, with their number and names. */
import type { FolderNote } from './folder';

// Enough to see what is meant; a folder may hold thousands.
const shownNames = 5;

/** `a, b, c, d, e and 3 more`. */
export const listed = (names: readonly string[]): string => {
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** In the order in which each was said first. */
export const foldNotes = (notes: readonly FolderNote[]): readonly string[] => {
  const names = new Map<string, string[]>();
  for (const { says, name } of notes) names.set(says, [...(names.get(says) ?? []), name]);
  return [...names].map(([says, about]) =>
    about.length === 1 ? `${about[0]}: ${says}` : `${listed(about)} (${about.length} in all): ${says}`,
  );
};
