import { SESv2Client } from '@aws-sdk/client-sesv2';
import { createMail } from '#adapters/mail/nodemailer-mail';
import { createSesTransport } from '#adapters/mail/ses-transport';
import type { Mail } from '#lambdas/ports/people';

export const makeMail = (sender: string): Mail =>
  createMail({ transport: createSesTransport(new SESv2Client()), sender });
