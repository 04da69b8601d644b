/** The keys that sign what decides. A key's own policy says which functions may use it; they stay when the stack goes. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Names } from '../names';
import { type Signer, signers } from '../signers';

/** Also an administrator would have to change the key's policy first, which CloudTrail records. */
const denyOthers = (key: Key, roleArns: readonly string[]) =>
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'SignedByTheFunctionAndNobodyElse',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['kms:Sign'],
      resources: ['*'],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': [...roleArns] } },
    }),
  );

const idOf = (signer: Signer) => `${signer.charAt(0).toUpperCase()}${signer.slice(1)}SigningKey`;

export const makeSigningKeys = (scope: Construct, names: Names): Readonly<Record<Signer, Key>> =>
  Object.fromEntries(
    Object.entries(signers).map(([name, functionNames]) => {
      const signer = name as Signer;
      const key = new Key(scope, idOf(signer), {
        alias: `alias/${names.installation}-${signer}`,
        description: `Signs the ${signer} of the migration checklist`,
        keySpec: KeySpec.ECC_NIST_P256,
        keyUsage: KeyUsage.SIGN_VERIFY,
        removalPolicy: RemovalPolicy.RETAIN,
        pendingWindow: Duration.days(30),
      });
      denyOthers(
        key,
        functionNames.map((functionName) => names.roleArn(functionName)),
      );
      return [signer, key];
    }),
  ) as Record<Signer, Key>;
