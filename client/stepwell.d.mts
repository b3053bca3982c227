import type { SFNClientConfig } from '@aws-sdk/client-sfn';

/** Where a deployment's API is (its `ApiUrl`), and whatever else the client of the SDK takes. */
export interface StepwellOptions extends Omit<SFNClientConfig, 'endpoint'> {
  url: string | (() => Promise<string>);
}

/**
 * The configuration of an SDK client for the API of a Stepwell deployment:
 * `new SFNClient(stepwell('https://….lambda-url.eu-west-1.on.aws/'))`, or `stepwell({ url, credentials })`.
 * The region is the URL's, unless one is given. Throws TypeError for what is no URL.
 */
export function stepwell(options: string | StepwellOptions): SFNClientConfig;
