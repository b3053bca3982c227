// How we set up every client of the AWS SDK: connections stay open, a local endpoint is taken for what it is, and the
// recursion-detection middleware goes. That middleware hands Lambda's trace id on, and Lambda stops a chain of
// queue and function after 16 turns; a workflow is such a chain by nature.

export interface ClientOptions {
  /** Another endpoint than AWS's own: an emulator. */
  endpoint?: string | undefined;
  region?: string | undefined;
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/** As wide as a worker with its calls and puts ever gets; the SDK's default of 50 would make requests queue. */
const SOCKETS_MAX = 200;

/** The configuration of any client: `new SQSClient(clientConfig(options))`. */
export function clientConfig(options: ClientOptions = {}) {
  const { endpoint = process.env.AWS_ENDPOINT_URL, region, credentials } = options;
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return {
    requestHandler: { httpAgent: agent, httpsAgent: agent },
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(region && { region }),
    ...(credentials && { credentials }),
  };
}

/** Takes the recursion detection out of a client and gives the client back. */
export function withoutRecursionDetection<C extends { middlewareStack: { remove(name: string): boolean } }>(
  client: C,
): C {
  client.middlewareStack.remove('recursionDetectionMiddleware');
  return client;
}
