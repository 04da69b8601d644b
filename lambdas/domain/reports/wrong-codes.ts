/** Wrong codes that were typed on approval pages: whose link it was, and when; never the code. */
import type { Stage } from '#domain/approvals/stages';
import { count } from '#domain/count';
import { formatTime } from '#domain/html/page';
import type { Listed } from '#domain/listed';

export type WrongCode = {
  readonly stage: Stage;
  /** Whose link it was. */
  readonly approver: string;
  /** ISO 8601. */
  readonly at: string;
};

/** `approve apply: 2 wrong codes with the link of ada@example.org, at 2026-11-22 08:00 UTC, 2026-11-22 08:01 UTC`. */
const wrongCodesInWords = (codes: readonly WrongCode[]): readonly string[] => {
  const links = new Map<string, WrongCode[]>();
  for (const one of codes) {
    const link = `${one.stage} ${one.approver}`;
    links.set(link, [...(links.get(link) ?? []), one]);
  }
  return [...links.values()].map(
    (typed) =>
      `approve ${typed[0]?.stage}: ${count(typed.length, 'wrong code')} with the link of ${typed[0]?.approver}, at ${typed.map(({ at }) => formatTime(at)).join(', ')}`,
  );
};

/** Nothing where none was typed; the last line counts those that are not listed. */
export const wrongCodeLines = (codes: Listed<WrongCode> | undefined): readonly string[] => {
  if (!codes || codes.count === 0) return [];
  const left = codes.count - codes.first.length;
  return [
    ...wrongCodesInWords(codes.first),
    ...(left > 0 ? [`${count(left, 'more wrong code')}: their files are in the run's folder`] : []),
  ];
};
