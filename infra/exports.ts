/** Values that one stack exports to another because only CloudFormation knows them. Names give everything else (names.ts). */
import { CfnOutput, Fn, type Stack } from 'aws-cdk-lib';
import type { Config } from './config';

export type ExportName =
  | 'StoreBucketName'
  | 'StoreBucketArn'
  | 'DataKeyArn'
  | 'RequestsSigningKeyArn'
  | 'DecisionsSigningKeyArn'
  | 'ClosingSigningKeyArn'
  | 'ApprovalPagesUrl'
  | 'ApprovalPagesApiId';

const nameOf = (config: Config, name: ExportName) => `${config['installation.name']}-${name}`;

/** Also an output of that name. What others import cannot be changed while they do, so it is stateful things only. */
export const exportValue = (stack: Stack, config: Config, name: ExportName, value: string): void => {
  new CfnOutput(stack, name, { value, exportName: nameOf(config, name) });
};

export const importValue = (config: Config, name: ExportName): string => Fn.importValue(nameOf(config, name));
