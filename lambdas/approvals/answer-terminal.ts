/** GET and POST /terminal/…, with IAM authorization: an approver lists, resends and decides from their terminal, as the person they are. */
import { bindingOfRequest, readProof } from '#domain/approvals/caller-proof';
import { approverOf } from '#domain/approvals/principals';
import type { Ports } from '#lambdas/ports/ports';
import type { HttpRequest, HttpResponse } from '#lambdas/runtime/http';
import { answerTerminal, refuseAtTerminal } from './terminal';

/** Whom AWS itself names as the signer, when API Gateway has named the same; null for everybody else. */
const identify = async (
  { method, path, form, caller, proof }: HttpRequest,
  { callers, settings }: Ports,
): Promise<string | null> => {
  if (caller === undefined || proof === undefined) return null;
  const headers = readProof(proof, bindingOfRequest({ origin: settings.pageBaseUrl, method, path, form }));
  return headers !== null && (await callers.identify(headers)) === caller ? caller : null;
};

export const run = async (request: HttpRequest, ports: Ports): Promise<HttpResponse> => {
  const caller = await identify(request, ports);
  if (caller === null)
    return refuseAtTerminal(
      401,
      false,
      `nothing was decided: AWS does not name the caller, or what was signed is another request. Ask ${ports.settings.pageBaseUrl} itself, and look at your clock`,
    );
  const person = approverOf(ports.settings.principals, caller);
  return person === null
    ? refuseAtTerminal(
        403,
        false,
        `${caller} is no approver's principal, and the permission to call is no authority; nothing was decided. checklist.config.yaml names whose principals are whose: approvals.principals`,
      )
    : answerTerminal(request, { name: caller, person }, ports);
};
