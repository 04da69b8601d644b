/** AWS Secrets Manager (JSON 1.1): GetSecretValue, and DescribeSecret of secrets with the standard key. */
import { jsonAnswer, jsonRefusal, readJson, targetOf } from './json-service';
import { notSpoken, Refused, requireKnown, type Service } from './wire';

const contentType = 'application/x-amz-json-1.1';

export type SecretsManagerDouble = Service & {
  /** Texts by name; a test may exchange them. */
  readonly secrets: Map<string, string>;
};

/** `arnOf` is what the account and region make of a secret's name. */
export const createSecretsManager = (arnOf: (secretName: string) => string): SecretsManagerDouble => {
  const secrets = new Map<string, string>();
  return {
    signingName: 'secretsmanager',
    secrets,
    answerRefusal: jsonRefusal(contentType),
    denied: { status: 400, code: 'AccessDeniedException' },
    throttled: { status: 400, code: 'ThrottlingException' },
    understand: (request) => {
      const name = targetOf(request, 'secretsmanager');
      if (name !== 'GetSecretValue' && name !== 'DescribeSecret')
        throw notSpoken('Secrets Manager', String(request.headers['x-amz-target']));
      const input = readJson(request);
      requireKnown('Secrets Manager', name, Object.keys(input), ['SecretId']);
      const secretName = String(input['SecretId']);
      // The six characters that Secrets Manager puts behind every name.
      const arn = `${arnOf(secretName)}-AbCdEf`;
      return {
        name,
        asks: [{ action: `secretsmanager:${name}`, resource: arn }],
        perform: () => {
          const text = secrets.get(secretName);
          if (text === undefined)
            throw new Refused(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
          const described = { ARN: arn, Name: secretName };
          return jsonAnswer(
            name === 'DescribeSecret' ? described : { ...described, SecretString: text, VersionStages: ['AWSCURRENT'] },
            contentType,
          );
        },
      };
    },
  };
};
