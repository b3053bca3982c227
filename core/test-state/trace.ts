// The request and the answer of a tested HTTP task, as AWS prints them. What the connection adds is secret: it is left
// out unless the test asks for it.
// https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
import type { InspectionData } from '@aws-sdk/client-sfn';
import type { Exchange } from '../integrations/http.ts';
import type { NameValue } from '../ports.ts';

export function tracedExchange(
  { request, response }: Exchange,
  revealsSecrets: boolean,
): Pick<InspectionData, 'request' | 'response'> {
  const { method, url, headers, body } = revealsSecrets ? request.revealed : request.open;
  const protocol = new URL(url).protocol.slice(0, -1);
  return {
    request: { protocol, method, url, headers: listed(headers), ...(body === undefined ? {} : { body }) },
    ...(response === undefined
      ? {}
      : {
          response: {
            protocol,
            statusCode: String(response.status),
            statusMessage: response.statusText,
            headers: listed(response.headers),
            body: response.body,
          },
        }),
  };
}

/** `[date: Tue, 21 Nov 2023 00:06:17 GMT, content-type: application/json]` */
function listed(headers: readonly NameValue[]): string {
  return `[${headers.map(([name, value]) => `${name}: ${value}`).join(', ')}]`;
}
