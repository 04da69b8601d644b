/** Reads whether Amazon SES will accept the mails: from the sender, and in the sandbox to each recipient. */
import { GetAccountCommand, paginateListEmailIdentities, type SESv2Client } from '@aws-sdk/client-sesv2';
import type { Config } from '#infra/config';
import type { Check } from './check';

/** Addresses and domains that were verified, in lower case. */
const listVerified = async (client: SESv2Client): Promise<ReadonlySet<string>> => {
  const verified = new Set<string>();
  for await (const { EmailIdentities = [] } of paginateListEmailIdentities({ client }, {}))
    for (const { IdentityName, VerificationStatus, SendingEnabled } of EmailIdentities)
      if (IdentityName && VerificationStatus === 'SUCCESS' && SendingEnabled !== false)
        verified.add(IdentityName.toLowerCase());
  return verified;
};

/** By itself or by its domain. */
const isVerified = (verified: ReadonlySet<string>, address: string) => {
  const lower = address.toLowerCase();
  return verified.has(lower) || verified.has(lower.slice(lower.indexOf('@') + 1));
};

const recipientsOf = (config: Config): readonly string[] => [
  ...new Set([
    ...config['approvals.review'],
    ...config['approvals.apply'],
    ...config['approvals.rollback'],
    config['mail.team'],
  ]),
];

const toVerify = (address: string, region: string) =>
  `aws sesv2 create-email-identity --region ${region} --email-identity ${address}`;

export const mailCheck = (client: SESv2Client, config: Config): Check => ({
  title: 'mail through Amazon SES',
  look: async () => {
    const [region, sender] = [config['installation.region'], config['mail.sender']];
    const account = await client.send(new GetAccountCommand({}));
    const verified = await listVerified(client);
    const unverified = account.ProductionAccessEnabled
      ? []
      : recipientsOf(config).filter((address) => !isVerified(verified, address));
    return [
      ...(account.SendingEnabled === false
        ? [`Amazon SES does not send for this account in ${region}; its console says why, under "Account dashboard"`]
        : []),
      ...(isVerified(verified, sender)
        ? []
        : [
            `the sender ${sender} is not verified in Amazon SES in ${region}; verify it or its domain: ${toVerify(sender, region)}`,
          ]),
      ...unverified.map(
        (address) =>
          `Amazon SES is in its sandbox in ${region} and ${address} is not verified, so no mail would reach it; ask for production access, or: ${toVerify(address, region)}`,
      ),
    ];
  },
});
