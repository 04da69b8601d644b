/** That a migration was taken back by its rollback section, as every document says it. */
export type TakenBack = {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  /** What the comparison of the catalogs gave, as a clause; null when they could not be compared. */
  readonly compared: string | null;
};

export const takenBackInWords = ({ at, by }: Pick<TakenBack, 'at' | 'by'>): string =>
  `on ${at} by the migration's rollback section, approved by ${by}`;
