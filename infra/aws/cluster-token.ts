// The token by which a cluster of EKS knows who calls: the URL of a signed GetCallerIdentity that the cluster asks STS
// with. It names the cluster, so another cannot use it, and is over after a minute.
// https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
import type { RoleCredentials } from './assumed-roles.ts';
import { type SignerCredentials, signerOf } from './signature.ts';

const EXPIRES_SECONDS = 60;

/** `https://<id>.<part>.<region>.eks.amazonaws.com`: STS of the cluster's region, where its name tells one. */
export async function clusterToken(
  cluster: string,
  endpoint: URL,
  credentials: RoleCredentials | SignerCredentials,
  ownRegion: string,
): Promise<string> {
  const [, region = ownRegion, china = ''] =
    /\.([a-z0-9-]+)\.eks\.amazonaws\.com(\.cn)?$/.exec(endpoint.hostname) ?? [];
  const host = `sts.${region}.amazonaws.com${china}`;
  const signer = await signerOf('sts', region, credentials);
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: EXPIRES_SECONDS },
  );
  const url = `https://${host}/?${new URLSearchParams(query as Record<string, string>)}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}
