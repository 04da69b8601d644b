/** In the head of every local page. */
export const navigation = [
  { href: '/', text: 'Runs' },
  { href: '/mailbox', text: 'Mailbox' },
] as const;
