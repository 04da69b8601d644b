import { SFNClient } from '@aws-sdk/client-sfn';
import { createStepFunctionsExecutions } from '#adapters/aws/step-functions-executions';
import type { Executions } from '#lambdas/ports/people';
import { type Environment, readNames } from '../environment';

export const makeExecutions = (environment: Environment): Executions =>
  createStepFunctionsExecutions(new SFNClient(), readNames(environment, 'STATE_MACHINE_ARNS'));
