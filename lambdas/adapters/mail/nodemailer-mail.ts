import { createTransport, type Transport } from 'nodemailer';
import { PlatformFailed } from '#domain/errors';
import type { Mail } from '#lambdas/ports/people';
import { composeMessage } from './message';

/** Sends through the given transport. Errors: InvalidInput for a wrong address, PlatformFailed when the transport fails. */
export const createMail = ({ transport, sender }: { readonly transport: Transport; readonly sender: string }): Mail => {
  const transporter = createTransport(transport);
  return {
    send: async (message) => {
      const composed = composeMessage(message, sender);
      try {
        const { messageId, response } = await transporter.sendMail(composed);
        return { messageId, answer: response ?? 'accepted' };
      } catch (cause) {
        const { name, message: words } = cause as Error;
        throw new PlatformFailed(
          `the mail "${message.subject}" to ${message.to} was not accepted by ${transport.name}: ${name}: ${words}`,
          { cause },
        );
      }
    },
  };
};
