/** The S3 client for a bucket that the user named. */
import { S3Client } from '@aws-sdk/client-s3';
import { findOwnConfig } from '#infra/config';

/** In the configuration's region; without a configuration in that of the SDK's own settings. Errors: ConfigurationRefused. */
export const openS3 = (root: string): S3Client => {
  const region = findOwnConfig(root)?.['installation.region'];
  // A bucket of another installation may lie in another region.
  return new S3Client({ ...(region !== undefined && { region }), followRegionRedirects: true });
};
