import { environmentOf, functions, onlyOne, resourcesByStack, resourcesOf } from './template';

test('the approval pages have one path: GET shows, POST decides; what comes from a terminal has paths of its own', () => {
  const integrations = resourcesOf('AWS::ApiGatewayV2::Integration');
  const calledBy = (target: unknown) => {
    const [id] = Object.keys(integrations).filter((one) => JSON.stringify(target).includes(`"${one}"`));
    return /MigrationChecklist-(\w+)/.exec(JSON.stringify(integrations[id ?? '']?.Properties['IntegrationUri']))?.[1];
  };

  const routes = Object.values(resourcesOf('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
    Properties['RouteKey'],
    calledBy(Properties['Target']),
  ]);

  expect(routes.sort()).toEqual([
    ['GET /approvals/{link}', 'ShowApproval'],
    ['GET /terminal/waiting', 'AnswerTerminal'],
    ['POST /approvals/{link}', 'DecideApproval'],
    ['POST /terminal/decide', 'AnswerTerminal'],
    ['POST /terminal/resend', 'AnswerTerminal'],
  ]);
});

test('API Gateway verifies who calls exactly on the paths of the terminal', () => {
  const signed = Object.values(resourcesOf('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
    String(Properties['RouteKey']).includes('/terminal/'),
    Properties['AuthorizationType'],
  ]);

  expect(signed).toHaveLength(5);
  for (const [isOfTerminal, authorization] of signed) expect(authorization).toBe(isOfTerminal ? 'AWS_IAM' : 'NONE');
});

test('each may be called by this API on its own paths, and no other function by any', () => {
  const permissions = Object.values(resourcesOf('AWS::Lambda::Permission'))
    .map(({ Properties }) => Properties)
    .filter(({ Principal }) => Principal === 'apigateway.amazonaws.com');

  expect(permissions.map(({ FunctionName }) => JSON.stringify(FunctionName)).sort()).toEqual([
    expect.stringContaining('AnswerTerminal'),
    expect.stringContaining('DecideApproval'),
    expect.stringContaining('ShowApproval'),
  ]);
  for (const { FunctionName, SourceArn } of permissions)
    expect(JSON.stringify(SourceArn)).toMatch(
      JSON.stringify(FunctionName).includes('AnswerTerminal')
        ? /ApprovalPagesApiId.*\/\*\/\*\/terminal\/\*"/
        : /ApprovalPagesApiId.*\/\*\/\*\/approvals\/\{link\}/,
    );
});

test('the pages are throttled, and their access log knows neither path nor query', () => {
  const { Properties } = onlyOne('AWS::ApiGatewayV2::Stage');
  const { Format } = Properties['AccessLogSettings'] as { Format: string };

  expect(Properties).toMatchObject({ DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } });
  expect(Format).toContain('$context.requestId');
  expect(Format).not.toMatch(/\$context\.(path|httpPath|resourcePath|queryString|proxy)/i);
});

test('the functions get the address of the pages from the pages themselves', () => {
  expect(environmentOf(functions['RequestApproval'] ?? {})).toMatchObject({
    PAGE_BASE_URL: { 'Fn::ImportValue': 'MigrationChecklist-ApprovalPagesUrl' },
  });
  expect(JSON.stringify(resourcesByStack.approvals)).not.toContain('ImportValue":"MigrationChecklist-ApprovalPages');
});
