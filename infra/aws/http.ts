// HTTP tasks and API Gateway where there is AWS, or something that stands in for it: connections from EventBridge,
// signatures under the roles of the call.
import type { AwsServices, Connections } from '../../core/ports.ts';
import type { HttpWorld } from '../../core/world.ts';
import type { AllowedHosts } from '../http/allowed-hosts.ts';
import { httpEndpoints } from '../http/endpoints.ts';
import type { RoleCredentials, RoleOf } from './assumed-roles.ts';
import { awsConnections } from './connections.ts';
import { signatureOf } from './signature.ts';

export interface HttpOptions {
  hosts: AllowedHosts;
  /** What to do about a host that is refused. */
  remedy: string;
  services: AwsServices;
  roleOf: RoleOf;
  /** Our own credentials, for requests under no role. */
  own(): Promise<Omit<RoleCredentials, 'sessionToken'>>;
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
        const credentials = (await roleOf(request.apiGateway?.sign ?? {}, signal)) ?? (await own());
        return await signatureOf(request, credentials, region);
      },
    }),
    connections: connections?.(deployed) ?? deployed,
    tokens: new Map(),
  };
}
