/** Makes a handler with the ports of this deployment; a bundle's first lines call it (infra/bundling/entry-text.ts). */
import type { HttpRequest, HttpResponse } from './http';
import { createLivePorts, type LiveModules } from './live-ports';
import { onHttp } from './on-http';
import { onLambda, type Run } from './on-lambda';
import { watchCall } from './watch-call';

const handlerParts = (functionName: string, modules: LiveModules) => ({
  functionName,
  watch: watchCall,
  makePorts: async () => createLivePorts(process.env, modules),
});

/** For a step or an entry point of the workflow. */
export const stepHandler = <Input, Output>(functionName: string, run: Run<Input, Output>, modules: LiveModules) =>
  onLambda(run, handlerParts(functionName, modules));

/** For a page behind the HTTP API. */
export const pageHandler = (functionName: string, run: Run<HttpRequest, HttpResponse>, modules: LiveModules) =>
  onHttp(run, handlerParts(functionName, modules));
