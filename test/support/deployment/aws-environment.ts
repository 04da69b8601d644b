/** The environment of the imagined deployment: the one that the local engine puts into its ARNs. */
export const awsEnvironment = {
  partition: 'aws',
  region: 'us-east-1',
  account: '000000000000',
  urlSuffix: 'amazonaws.com',
};
