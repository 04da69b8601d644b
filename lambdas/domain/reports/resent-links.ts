/** Links that were mailed again while a question waited: for whom, by whom, when. */
import type { Stage } from '#domain/approvals/stages';
import { count } from '#domain/count';
import { formatTime } from '#domain/html/page';
import type { Listed } from '#domain/listed';

export type ResentLink = {
  readonly stage: Stage;
  readonly approver: string;
  /** Who had it sent. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
};

/** Nothing where none was sent; the last line counts those that are not listed. */
export const resentLinkLines = (links: Listed<ResentLink> | undefined): readonly string[] => {
  if (!links || links.count === 0) return [];
  const left = links.count - links.first.length;
  return [
    ...links.first.map(
      ({ stage, approver, by, at }) =>
        `approve ${stage}: a new link for ${approver}, sent by ${by}, at ${formatTime(at)}`,
    ),
    ...(left > 0 ? [`${count(left, 'more link')}: their files are in the run's folder`] : []),
  ];
};
