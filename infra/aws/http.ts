// HTTP tasks, API Gateway and Kubernetes where there is AWS, or something that stands in for it: connections from
// EventBridge, signatures and tokens under the roles of the call.
import type { AwsServices, Connections } from '../../core/ports.ts';
import type { HttpWorld } from '../../core/world.ts';
import type { AllowedHosts } from '../http/allowed-hosts.ts';
import { httpEndpoints } from '../http/endpoints.ts';
import type { RoleCredentials, RoleOf } from './assumed-roles.ts';
import { clusterToken } from './cluster-token.ts';
import { awsConnections } from './connections.ts';
import { signatureOf } from './signature.ts';

export interface HttpOptions {
  hosts: AllowedHosts;
  /** What to do about a host that is refused. */
  remedy: string;
  services: AwsServices;
  roleOf: RoleOf;
  /** Our own credentials, for requests to a service under no role. */
  own(service: string): Promise<Omit<RoleCredentials, 'sessionToken'>>;
  region: string;
  now(): number;
  apiGatewayEndpoint?: string | undefined;
  /** Stands before EventBridge's connections. */
  connections?(deployed: Connections): Connections;
}

export function awsHttp({ services, roleOf, own, region, now, connections, ...endpoints }: HttpOptions): HttpWorld {
  const deployed = awsConnections(services, now);
  return {
    endpoints: httpEndpoints({
      ...endpoints,
      sign: async (request, signal) => {
        const credentials = (await roleOf(request.apiGateway?.sign ?? {}, signal)) ?? (await own('apigateway'));
        return await signatureOf(request, credentials, region);
      },
      clusterToken: async ({ name, roles }, url, signal) => {
        const credentials = (await roleOf(roles, signal)) ?? (await own('eks'));
        return await clusterToken(name, url, credentials, region);
      },
    }),
    connections: connections?.(deployed) ?? deployed,
    tokens: new Map(),
  };
}
