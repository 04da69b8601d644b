/** Where the deployment is imagined to be: the place that the local engine gives its own names. */
export const place = { partition: 'aws', region: 'us-east-1', account: '000000000000', urlSuffix: 'amazonaws.com' };
