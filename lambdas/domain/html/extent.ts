/** How much of what has no bound of its own a page shows. A Lambda's answer has at most 6 MB, a page of one machine any size. */
import { type Html, html } from './html';

export type Extent = {
  /** Characters of the facts of one box or document; 0 leaves them out. */
  readonly facts: number;
  /** Rows of one list. */
  readonly rows: number;
  /** Characters of one sentence, and of one file. */
  readonly sentence: number;
  readonly file: number;
};

/** Facts can be a whole catalog; the document itself has all of them. */
export const whole: Extent = { facts: 20_000, rows: Infinity, sentence: Infinity, file: Infinity };

/** From the most to the least. */
const extents: readonly Extent[] = [
  whole,
  { facts: 2_000, rows: 2_000, sentence: 4_000, file: 1_000_000 },
  { facts: 0, rows: 500, sentence: 1_000, file: 300_000 },
  { facts: 0, rows: 100, sentence: 300, file: 100_000 },
];

/** 4 MB: Lambda counts the answer as JSON, in which every quote and line break takes a character more. */
export const mostPageBytes = 4_000_000;

/** The page in the largest extent with which it fits. */
export const renderWithin = (render: (extent: Extent) => string): string => {
  let page = '';
  for (const extent of extents) {
    page = render(extent);
    if (Buffer.byteLength(page) <= mostPageBytes) break;
  }
  return page;
};

/** Says what is not shown, in the place where it would be. */
export const leftOutNote = (words: string): Html => html`<p class="note warn">${words}</p>`;

/** The first rows, and whether any are left out. */
export const firstRows = <T>(
  items: readonly T[],
  { rows }: Extent,
): { readonly shown: readonly T[]; readonly left: number } => ({
  shown: items.slice(0, rows),
  left: Math.max(0, items.length - rows),
});
