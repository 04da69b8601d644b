/** Refusals, in Neon's words and with its codes. */

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  constructor(status: number, message: string, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const refusals = {
  unauthorized: () =>
    new Refusal(401, 'This request is not authenticated; expected the header Authorization: Bearer KEY'),
  locked: () =>
    new Refusal(423, 'project already has running conflicting operations, scheduling of new ones is prohibited'),
  notFound: (what: string) => new Refusal(404, `${what} not found`),
  nameTaken: (name: string) =>
    new Refusal(409, `branch already exists; branch_name:${JSON.stringify(name)}`, 'BRANCH_ALREADY_EXISTS'),
  hasChildren: () => new Refusal(422, 'cannot delete branch that has children'),
  invalid: (why: string) => new Refusal(422, why),
  malformed: (why: string) => new Refusal(400, why),
} as const;
