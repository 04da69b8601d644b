/** `1 table`, `3 tables`; irregular plurals are given. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
