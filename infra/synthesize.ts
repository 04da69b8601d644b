/** Synthesizes the stack without the CDK's command line, which would need an account. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { withBundles } from './bundling/bundle-functions';
import { projectRoot } from './bundling/entry-text';
import { ChecklistStack } from './checklist-stack';
import type { Config } from './config';
import { functionTable } from './function-table';
import { stackName } from './stack-names';

/** The context of cdk.json, which only the command line reads by itself. */
const readContext = (): Record<string, unknown> =>
  (JSON.parse(readFileSync(path.join(projectRoot, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> })
    .context;

/** Bundles, templates and assets in the directory; needs neither network nor credentials nor Docker. */
export const synthesize = (directory: string, config: Config): CloudAssembly =>
  withBundles(functionTable, (folderOf) => {
    const app = new App({ outdir: directory, context: readContext() });
    new ChecklistStack(app, stackName, {
      config,
      codeOf: ({ functionName }) => Code.fromAsset(folderOf(functionName)),
      description: 'Takes every Postgres migration through a 16-step checklist',
    });
    return app.synth();
  });
