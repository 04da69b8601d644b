/** The operating-system user this process runs as: who started, and whose files hold the keys. */
import { userInfo } from 'node:os';

/** As an address, so that people are compared in one way. The name of an account may hold what no address does. */
export const accountAddress = (): string => `${userInfo().username.replace(/[^\w.-]+/g, '-') || 'someone'}@localhost`;
