import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { openS3 } from '#commands/stores/open-s3';
import { projectRoot } from '#test/support/project-root';
import { withFolder } from '#test/support/with-folder';

const example = path.resolve(projectRoot, 'checklist.config.example.yaml');

const regionBeside = (files: readonly string[]) =>
  withFolder(async (directory) => {
    for (const file of files) await copyFile(file, path.join(directory, 'checklist.config.yaml'));
    return openS3(directory).config.region();
  });

test('a bucket that was named is asked in the region of the configuration, and of the SDK where there is none', async () => {
  const { AWS_REGION: before } = process.env;
  process.env['AWS_REGION'] = 'us-west-2';
  try {
    expect(await regionBeside([example])).toBe('eu-central-1');
    expect(await regionBeside([])).toBe('us-west-2');
  } finally {
    if (before === undefined) delete process.env['AWS_REGION'];
    else process.env['AWS_REGION'] = before;
  }
});
