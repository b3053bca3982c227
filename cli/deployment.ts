// Where a deployment's API is: the URL of the function `stepwell-<stage>-api`, which only its account knows.
import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { UsageError } from './arguments.ts';

export interface Place {
  region?: string | undefined;
  profile?: string | undefined;
}

/** Asks Lambda, which needs `lambda:GetFunctionUrlConfig`. Throws UsageError where there is no such deployment. */
export async function urlOfStage(stage: string, place: Place): Promise<string> {
  const { GetFunctionUrlConfigCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient(given(place));
  try {
    const { FunctionUrl } = await client.send(
      new GetFunctionUrlConfigCommand({ FunctionName: `stepwell-${stage}-api` }),
    );
    return FunctionUrl!;
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    throw new UsageError(`There is no deployment '${stage}' in ${await client.config.region()} of this account.`);
  } finally {
    client.destroy();
  }
}

/** What was given of a place, as clients of the SDK take it. */
export function given({ region, profile }: Place): { region?: string; profile?: string } {
  return { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
}

/** LocalStack's function URLs end in `.localhost`, or a name of its own for the same; not every resolver knows them. */
const HERE = /(?:\.|^)localhost(?:\.localstack\.cloud)?$/;

/** Finds names of this very machine without asking anybody. */
export const lookupHere: LookupFunction = (name, options, found) =>
  lookup(HERE.test(name) ? '127.0.0.1' : name, options, found);

export function agentHere(): Agent {
  return new Agent({ keepAlive: true, lookup: lookupHere });
}
