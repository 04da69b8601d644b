/** Synthesizes the stacks without the CDK's command line, which would need an account. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { withBundles } from './bundling/bundle-functions';
import type { Config } from './config';
import { functionTable } from './function-table';
import { makeStacks } from './installation';
import { projectRoot } from './project-root';

/** The context of cdk.json, which only the command line reads by itself. */
export const readContext = (): Record<string, unknown> =>
  (JSON.parse(readFileSync(path.join(projectRoot, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> })
    .context;

/**
 * Bundles, templates and assets in the directory; needs neither network nor credentials nor Docker. CDK's own rules and
 * those of cdk-nag are errors: fix what they find, or acknowledge it with a reason where it is made.
 */
export const synthesize = (directory: string, config: Config): CloudAssembly =>
  withBundles(functionTable, (folderOf) => {
    const app = new App({ outdir: directory, context: readContext() });
    makeStacks(app, { config, codeOf: ({ functionName }) => Code.fromAsset(folderOf(functionName)) });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true }));
    return app.synth();
  });
