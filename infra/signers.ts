/** Which functions sign with which key. The names are those of `lambdas/domain/signatures/signature.ts`; a test compares them. */
export const signers = {
  requests: ['RequestApproval'],
  decisions: ['DecideApproval', 'AnswerTerminal'],
  closing: ['SignOff', 'CloseRun', 'CloseStopped'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Signer = keyof typeof signers;
