/** Errors of fetch hide the reason in `cause`; their messages may quote the whole URL with what is secret in it. */
export const reasonWithoutUrl = (error: unknown, timeoutMs: number): string => {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  return cause?.code ? `no answer: ${cause.code}` : 'no answer: the request failed';
};
