import { environmentOf, functions, onlyOne, resourcesByStack, resourcesOf } from './template';

test('the approval pages have one path: GET shows, POST decides', () => {
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
    ['POST /approvals/{link}', 'DecideApproval'],
  ]);
});

test('both pages may be called by this API on this path, and no other function by any', () => {
  const permissions = Object.values(resourcesOf('AWS::Lambda::Permission'))
    .map(({ Properties }) => Properties)
    .filter(({ Principal }) => Principal === 'apigateway.amazonaws.com');

  expect(permissions.map(({ FunctionName }) => JSON.stringify(FunctionName)).sort()).toEqual([
    expect.stringContaining('DecideApproval'),
    expect.stringContaining('ShowApproval'),
  ]);
  for (const { SourceArn } of permissions)
    expect(JSON.stringify(SourceArn)).toMatch(/ApprovalPagesApiId.*\/\*\/\*\/approvals\/\{link\}/);
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
