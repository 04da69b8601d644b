/** The approval pages behind an HTTP API. Made before its functions, because their mails name its address. */
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** Neither path nor query: the link in the path is a secret. */
const logFormat = JSON.stringify({
  requestId: AccessLogField.contextRequestId(),
  requestTime: AccessLogField.contextRequestTime(),
  routeKey: '$context.routeKey',
  status: AccessLogField.contextStatus(),
  responseLatencyMs: AccessLogField.contextResponseLatency(),
  sourceIp: AccessLogField.contextIdentitySourceIp(),
});

export class ApprovalPages extends Construct {
  private readonly api: HttpApi;
  readonly baseUrl: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      description: 'Approval pages of the migration checklist',
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      // A handful of people; more is somebody guessing codes.
      throttle: { rateLimit: 10, burstLimit: 20 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', { retention: RetentionDays.SIX_MONTHS }),
        ),
        format: AccessLogFormat.custom(logFormat),
      },
    });
    this.baseUrl = this.api.apiEndpoint;
  }

  /** GET shows and changes nothing, POST decides. */
  serve(show: IFunction, decide: IFunction): void {
    const path = '/approvals/{link}';
    const add = (method: HttpMethod, id: string, handler: IFunction) =>
      this.api.addRoutes({ path, methods: [method], integration: new HttpLambdaIntegration(id, handler) });
    add(HttpMethod.GET, 'Show', show);
    add(HttpMethod.POST, 'Decide', decide);
  }
}
