/** For people: the worst first, the remedy beside it, conventions counted. */
import { count } from '#domain/count';
import { terminalLine } from '#domain/text/lines';
import { visible } from '#domain/text/visible';
import { countOf, type MigrationReview, type ReviewFinding } from '../review-migration';
import { type Format, pageOf, type ReviewReport } from './format';

const indented = (text: string) =>
  visible(text)
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');

const placeOf = (prefix: string, { file, line }: ReviewFinding) => `${prefix}${file}${line === null ? '' : `:${line}`}`;

/** A statement that breaks two rules has one safe way, which is said once. */
const findingText = (prefix: string, finding: ReviewFinding, above: ReviewFinding | undefined): string => {
  const head = terminalLine`  ${finding.severity.padEnd(4)}  ${placeOf(prefix, finding)}  ${finding.message}`;
  const page = terminalLine`        ${finding.rule}: ${finding.remedy}`;
  return [
    head,
    page,
    ...(finding.safeWay === null || finding.safeWay === above?.safeWay ? [] : [indented(finding.safeWay)]),
  ].join('\n');
};

/** `3 notes: created-at-missing 2, name-not-snake-case 1`. */
const notesText = (review: MigrationReview): readonly string[] => {
  const notes = review.findings.filter(({ severity }) => severity === 'note');
  if (notes.length === 0) return [];
  const byRule = new Map<string, number>();
  for (const { rule } of notes) byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
  const listed = [...byRule].map(([rule, found]) => `${rule} ${found}`).join(', ');
  return [terminalLine`  note  ${count(notes.length, 'note')}: ${listed}`];
};

const passedText = (review: MigrationReview): readonly string[] =>
  review.passed
    .filter(({ severity }) => severity !== 'note')
    .map(
      ({ rule, line, because }) =>
        terminalLine`  pass  ${line === null ? rule : `${rule} in line ${line}`}: ${because}`,
    );

/** Where we say something of the same line, its number is enough. */
const secondOpinionText = ({ findings, passed, secondOpinion = [] }: MigrationReview): readonly string[] => {
  const ours = new Set([...findings, ...passed].map(({ line }) => line));
  const besides = secondOpinion.filter(({ line }) => !ours.has(line));
  const agreeing = secondOpinion.length - besides.length;
  return [
    ...besides.map(({ rule, line, message }) => terminalLine`  also  squawk, line ${line}: ${message} (${rule})`),
    ...(agreeing > 0 ? [`  also  squawk says ${count(agreeing, 'thing')} of lines that are named above`] : []),
  ];
};

const reviewText = (
  review: MigrationReview,
  { prefix, showsNotes }: Omit<ReviewReport, 'reviews' | 'pages'>,
): string => {
  const shown = review.findings.filter(({ severity }) => showsNotes || severity !== 'note');
  const lines = [
    ...shown.map((finding, index) => findingText(prefix, finding, shown[index - 1])),
    ...passedText(review),
    ...(showsNotes ? [] : notesText(review)),
    ...secondOpinionText(review),
  ];
  const mark = shown.some(({ severity }) => severity === 'stop') ? '✗' : '✓';
  return [terminalLine`${mark} ${review.migration}`, ...lines].join('\n');
};

export const text: Format = ({ reviews, pages, ...shown }) => {
  const [stop, warn, note] = [countOf('stop', reviews), countOf('warn', reviews), countOf('note', reviews)];
  const page = pageOf({ pages }, '<rule>');
  return [
    ...reviews.map((review) => reviewText(review, shown)),
    `${count(reviews.length, 'migration')}: ${stop} stop, ${warn} warn, ${note} note`,
    ...(page === null || stop + warn + note === 0 ? [] : [terminalLine`each rule has a page with an example: ${page}`]),
  ].join('\n');
};
