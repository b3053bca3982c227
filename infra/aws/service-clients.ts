// The clients of the AWS SDK, one per service, loaded when first used: the Lambda runtime ships them all, elsewhere
// those are called that are installed.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ServiceError } from '../../core/ports.ts';

interface MiddlewareStack {
  remove(name: string): boolean;
  add(middleware: unknown, options: { step: 'deserialize'; name: string }): void;
}

export interface Command {
  schema?: unknown;
  middlewareStack: MiddlewareStack;
}

export interface Client {
  config: { serviceId: string };
  middlewareStack: MiddlewareStack;
  send(command: Command, options: { abortSignal: AbortSignal }): Promise<Record<string, unknown>>;
}

/** What a package exports that we use: its client, commands and exceptions. */
export type ClientPackage = Record<string, new (input: object) => object>;

/**
 * Names of packages with hyphens. A Resource writes a service without them, and without a last word `service`; every
 * package that is not named here has one word.
 */
const HYPHENATED = `
  api-gateway application-auto-scaling application-discovery-service application-insights application-signals
  auto-scaling auto-scaling-plans backup-gateway bcm-data-exports bedrock-agent bedrock-agent-runtime
  bedrock-agentcore bedrock-agentcore-control bedrock-data-automation bedrock-data-automation-runtime bedrock-runtime
  chime-sdk-identity chime-sdk-media-pipelines chime-sdk-meetings chime-sdk-messaging chime-sdk-voice
  cloudfront-keyvaluestore cloudhsm-v2 cloudsearch-domain cloudtrail-data cloudwatch-events cloudwatch-logs
  codeguru-reviewer codeguru-security codestar-connections codestar-notifications cognito-identity
  cognito-identity-provider cognito-sync compute-optimizer config-service connect-contact-lens
  cost-and-usage-report-service cost-explorer cost-optimization-hub customer-profiles data-pipeline
  database-migration-service device-farm devops-guru direct-connect directory-service directory-service-data
  docdb-elastic dynamodb-streams ec2-instance-connect ecr-public eks-auth elastic-beanstalk elastic-load-balancing
  elastic-load-balancing-v2 elasticsearch-service emr-containers emr-serverless finspace-data forecast-service
  global-accelerator groundstation iot-data-plane iot-events iot-events-data iot-jobs-data-plane iot-wireless
  ivs-realtime kendra-ranking kinesis-analytics kinesis-analytics-v2 kinesis-video kinesis-video-archived-media
  kinesis-video-media kinesis-video-signaling lex-model-building-service lex-models-v2 lex-runtime-service
  lex-runtime-v2 license-manager license-manager-linux-subscriptions license-manager-user-subscriptions
  location machine-learning managedblockchain-query marketplace-agreement marketplace-catalog
  marketplace-commerce-analytics marketplace-deployment marketplace-entitlement-service marketplace-metering
  mediapackage-vod mediastore-data medical-imaging migration-hub migration-hub-refactor-spaces migrationhub-config
  neptune-graph network-firewall payment-cryptography payment-cryptography-data pca-connector-ad
  pca-connector-scep personalize-events personalize-runtime pinpoint-email pinpoint-sms-voice
  pinpoint-sms-voice-v2 qldb-session rds-data redshift-data redshift-serverless resource-explorer-2
  resource-groups resource-groups-tagging-api route-53 route-53-domains route53-recovery-cluster
  route53-recovery-control-config route53-recovery-readiness s3-control sagemaker-a2i-runtime sagemaker-edge
  sagemaker-featurestore-runtime sagemaker-geospatial sagemaker-metrics sagemaker-runtime secrets-manager
  service-catalog service-catalog-appregistry service-quotas sso-admin sso-oidc ssm-contacts ssm-incidents ssm-sap
  storage-gateway support-app timestream-influxdb timestream-query timestream-write transcribe-streaming
  verifiedpermissions voice-id vpc-lattice waf-regional workspaces-thin-client workspaces-web
`
  .trim()
  .split(/\s+/);

const PACKAGES = new Map(HYPHENATED.map((name) => [name.replaceAll('-', '').replace(/service$/, ''), name]));

export function packageName(service: string): string {
  return `@aws-sdk/client-${PACKAGES.get(service) ?? service}`;
}

/** Named for a bundler that takes the SDK in, where the runtime has none: our own dependencies, and SNS. */
const OWN: Record<string, () => Promise<unknown>> = {
  '@aws-sdk/client-dynamodb': () => import('@aws-sdk/client-dynamodb'),
  '@aws-sdk/client-lambda': () => import('@aws-sdk/client-lambda'),
  '@aws-sdk/client-s3': () => import('@aws-sdk/client-s3'),
  '@aws-sdk/client-sns': () => import('@aws-sdk/client-sns'),
  '@aws-sdk/client-sqs': () => import('@aws-sdk/client-sqs'),
};

/** Throws a ServiceError that says what to install when there is no client for this service. */
export async function loadClient(service: string): Promise<ClientPackage> {
  const name = packageName(service);
  try {
    return await importPackage(name);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new ServiceError(
      'SdkClientException',
      `The AWS SDK's client of '${service}' is not installed where Stepwell runs: npm install ${name}`,
      0,
      '',
    );
  }
}

/** From our own dependencies, else from those of the project that Stepwell was started in. */
async function importPackage(name: string): Promise<ClientPackage> {
  try {
    return ((await OWN[name]?.()) ?? (await import(name))) as ClientPackage;
  } catch (error) {
    if (!isMissing(error)) throw error;
    const path = createRequire(join(process.cwd(), 'package.json')).resolve(name);
    const { default: exported } = await import(pathToFileURL(path).href);
    return exported as ClientPackage;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
