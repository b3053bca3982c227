// How every handler becomes a Lambda function: the world is made once per environment, at the first event, from the
// variables that serverless.yml sets. Nothing of AWS is loaded where a handler is created with a world of its own.
import type { World } from '../core/world.ts';

/** Hears of trouble that is nobody's fault but ours or the infrastructure's. */
export type Report = (trouble: unknown, where: string) => void;

export const logTrouble: Report = (trouble, where) => console.error(`${where}:`, trouble);

export function onAws<E, C, R>(
  create: (world: World) => (event: E, context: C) => Promise<R>,
): (event: E, context: C) => Promise<R> {
  let created: Promise<(event: E, context: C) => Promise<R>> | undefined;
  return async (event, context) => {
    created ??= import('../infra/aws/world.ts').then(({ awsWorld }) => create(awsWorld(process.env)));
    return await (await created)(event, context);
  };
}
