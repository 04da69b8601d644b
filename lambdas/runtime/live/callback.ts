import { SFNClient } from '@aws-sdk/client-sfn';
import { createStepFunctionsCallback } from '#adapters/aws/step-functions-callback';
import type { TaskCallback } from '#lambdas/ports/people';

export const makeCallback = (): TaskCallback => createStepFunctionsCallback(new SFNClient());
