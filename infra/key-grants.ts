/** What keys and secrets cost: who reads which secret, and who signs with which key. Rows of port-grants.ts. */
import type { PortUse } from './function-table';
import type { Grant } from './grant';
import type { GrantContext, PortCost } from './port-grants';
import type { Signer } from './signers';

export const readSecret = ({ names }: GrantContext, secretName: string, reason: string): Grant => ({
  actions: ['secretsmanager:GetSecretValue'],
  resources: [names.secretArn(secretName)],
  reason,
});

const signingEnvironment = ({ signingKeyArns: { requests, decisions, closing } }: GrantContext) => ({
  SIGNING_KEY_REQUESTS: requests,
  SIGNING_KEY_DECISIONS: decisions,
  SIGNING_KEY_CLOSING: closing,
});

/** A hash that is signed in the one way that we verify, and nothing else. */
const signWith = (signer: Signer, reason: string): PortCost => ({
  modules: ['signing'],
  environment: signingEnvironment,
  grants: ({ signingKeyArns }) => [
    {
      actions: ['kms:Sign'],
      resources: [signingKeyArns[signer]],
      conditions: { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' } },
      reason,
    },
  ],
});

export const keyCosts = {
  'secrets.approvalsKey': {
    modules: ['secrets'],
    environment: ({ config }) => ({ LINK_KEY_SECRET: config['approvals.linkKeySecret'] }),
    grants: (context) => [
      readSecret(
        context,
        context.config['approvals.linkKeySecret'],
        'reads the key with which it makes or verifies links and codes, and seals or opens the task tokens of approvals',
      ),
    ],
  },
  'secrets.watchKey': {
    modules: ['secrets'],
    environment: ({ config }) => ({ TOKEN_KEY_SECRET: config['monitor.tokenKeySecret'] }),
    grants: (context) => [
      readSecret(
        context,
        context.config['monitor.tokenKeySecret'],
        "reads the key with which the monitoring window's task token is sealed and opened",
      ),
    ],
  },
  'signing.publicKeys': {
    modules: ['signing'],
    environment: signingEnvironment,
    grants: ({ signingKeyArns }) => [
      {
        actions: ['kms:GetPublicKey'],
        resources: Object.values(signingKeyArns),
        reason: 'reads the public keys, to verify who has signed',
      },
    ],
  },
  'signing.signRequest': signWith('requests', 'signs the questions that it puts to people'),
  'signing.signDecision': signWith(
    'decisions',
    'signs the decision of the person whose link and code were given, or whose principal has called',
  ),
  'signing.signClosing': signWith('closing', 'signs the document that closes a run'),
} satisfies Readonly<Partial<Record<PortUse, PortCost>>>;
