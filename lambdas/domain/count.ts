/** `1 table`, `3 tables`; irregular plurals are given. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

/** `200,000`, whatever the machine's language. */
export const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+\b)/g, ',');

/** `200,000 rows`. */
export const counted = (number: number, one: string): string => `${grouped(number)} ${number === 1 ? one : `${one}s`}`;
