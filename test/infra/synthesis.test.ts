import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { stackKinds } from '#infra/stack-names';
import { synthesize } from '#infra/synthesize';
import { config, synthesizedDirectory } from './template';

jest.setTimeout(120_000);

const withFolder = (work: (folder: string) => void) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'again-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Templates with their text, bundles by their names, which are the hashes of what they hold. */
const contentOf = (folder: string) => {
  const names = readdirSync(folder).sort();
  return {
    assets: names.filter((name) => name.startsWith('asset.')),
    templates: Object.fromEntries(
      names
        .filter((name) => name.endsWith('.template.json'))
        .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
    ),
  };
};

test('synthesizing a second time gives the same templates and bundles, byte by byte', () =>
  withFolder((folder) => {
    // The rules were held against the first one; they change nothing and take seconds.
    process.env['CDK_VALIDATION'] = 'false';
    synthesize(folder, config);
    delete process.env['CDK_VALIDATION'];

    const again = contentOf(folder);
    expect(again).toEqual(contentOf(synthesizedDirectory()));
    expect(Object.keys(again.templates)).toHaveLength(stackKinds.length);
    expect(again.assets.length).toBeGreaterThan(20);
  }));

test('what cdk-nag finds and nobody acknowledged is an error', () =>
  withFolder((outdir) => {
    const app = new App({ outdir });
    new Bucket(new Stack(app, 'Open'), 'Bucket');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth()).toThrow(/server access logs disabled[\s\S]*AwsSolutions-S1/);
  }));
