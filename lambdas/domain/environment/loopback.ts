/** True for addresses of this very machine. Addresses only: a name such as 127.example.org may lie anywhere. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
