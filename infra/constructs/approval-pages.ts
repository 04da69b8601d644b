/** The approval pages behind an HTTP API. Made before its functions, because their mails name its address. */
import { Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Names } from '../names';
import { makeLogGroup } from './log-group';

/** Neither path nor query: the link in the path is a secret. Who has called with a signature is in the log of the function. */
const logFormat = JSON.stringify({
  requestId: AccessLogField.contextRequestId(),
  requestTime: AccessLogField.contextRequestTime(),
  routeKey: '$context.routeKey',
  status: AccessLogField.contextStatus(),
  responseLatencyMs: AccessLogField.contextResponseLatency(),
  sourceIp: AccessLogField.contextIdentitySourceIp(),
});

/** GET shows and changes nothing, POST decides. */
const routes: readonly (readonly [HttpMethod, string])[] = [
  [HttpMethod.GET, 'ShowApproval'],
  [HttpMethod.POST, 'DecideApproval'],
];

/** For approvers with an identity in IAM, which API Gateway verifies; who of them may do what, the function knows. */
const signedRoutes: readonly (readonly [HttpMethod, string])[] = [
  [HttpMethod.GET, '/terminal/waiting'],
  [HttpMethod.POST, '/terminal/decide'],
  [HttpMethod.POST, '/terminal/resend'],
];

const noAuthorizer = {
  id: 'AwsSolutions-APIG4',
  reason:
    "Approvers need no account with AWS: the mailed link opens the page, and the decision needs the code from the mail's text, compared by the function and limited in attempts.",
};

export class ApprovalPages extends Construct {
  readonly baseUrl: string;
  readonly apiId: string;

  constructor(scope: Construct, id: string, props: { readonly names: Names; readonly encryptionKey: IKey }) {
    super(scope, id);
    const { names, encryptionKey } = props;
    const api = new HttpApi(this, 'Api', {
      apiName: names.installation,
      createDefaultStage: false,
      description: 'Approval pages of the migration checklist',
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      // A handful of people; more is somebody guessing codes.
      throttle: { rateLimit: 10, burstLimit: 20 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(makeLogGroup(this, 'AccessLogs', { encryptionKey })),
        format: AccessLogFormat.custom(logFormat),
      },
    });
    for (const [method, name] of routes)
      api.addRoutes({ path: '/approvals/{link}', methods: [method], integration: this.callByName(name, names) });
    const authorizer = new HttpIamAuthorizer();
    const integration = this.callByName('AnswerTerminal', names);
    for (const [method, path] of signedRoutes) api.addRoutes({ path, methods: [method], integration, authorizer });
    Validations.of(api).acknowledge(noAuthorizer);
    this.baseUrl = api.apiEndpoint;
    this.apiId = api.apiId;
  }

  /** The function comes later, and with it the permission to call it (checklist-function.ts). */
  private callByName(name: string, { functionArn }: Names): HttpLambdaIntegration {
    const later = LambdaFunction.fromFunctionAttributes(this, name, {
      functionArn: functionArn(name),
      skipPermissions: true,
    });
    return new HttpLambdaIntegration(`${name}Integration`, later);
  }
}
