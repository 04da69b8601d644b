import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Transport } from 'nodemailer';
import SESTransport from 'nodemailer/lib/ses-transport';

/** nodemailer's transport over Amazon SES; its answer is the id that SES gave the mail. */
export const createSesTransport = (client: SESv2Client): Transport =>
  new SESTransport({ SES: { sesClient: client, SendEmailCommand } });
