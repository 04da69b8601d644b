/** What PREPARE TRANSACTION has left: it holds its locks without a session, and over a restart of the server. */
export type PreparedTransaction = {
  readonly name: string;
  readonly role: string;
  readonly database: string;
  /** ISO 8601. */
  readonly since: string;
};

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** What it is, and the command that ends it. */
export const preparedInWords = ({ name, role, database, since }: PreparedTransaction): string =>
  `prepared transaction ${literal(name)}, role ${role}, database ${database}, prepared since ${since}; nobody is connected to it; commit it (COMMIT PREPARED) or end it: ROLLBACK PREPARED ${literal(name)}`;
