// Activities, kept in the table under `activities`: a name that workers poll. Handing out tasks is not done here.

import { ApiError } from '../errors.ts';
import { loadBody, pack } from '../store/body.ts';
import { type EncryptionConfiguration, successor } from '../store/machines.ts';
import type { World } from '../world.ts';

export interface Activity {
  activityArn: string;
  name: string;
  creationDate: number;
  encryptionConfiguration: EncryptionConfiguration;
  tags: Record<string, string>;
}

const ACTIVITIES = 'activities';
const MAX_ATTEMPTS = 20;

/** Stores a new activity, or gives the one that has its name. */
export async function createActivity(world: World, activity: Activity): Promise<Activity> {
  const created = await world.table.put(activityItem(world, activity), { if: 'absent' });
  return (created ? undefined : await readActivity(world, activity.name)) ?? activity;
}

export async function readActivity(world: World, name: string): Promise<Activity | undefined> {
  const item = await world.table.get({ pk: ACTIVITIES, sk: name });
  return item && ((await loadBody(world.payloads, item)) as Activity);
}

/** Stores what `change` makes of the activity's tags; false when there is no such activity. */
export async function changeActivityTags(
  world: World,
  name: string,
  change: (tags: Activity['tags']) => Activity['tags'],
): Promise<boolean> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const item = await world.table.get({ pk: ACTIVITIES, sk: name });
    if (item === undefined) return false;
    const activity = (await loadBody(world.payloads, item)) as Activity;
    const changed = activityItem(world, { ...activity, tags: change(activity.tags) });
    const value = item.version as string;
    if (await world.table.put(changed, { if: 'equals', attribute: 'version', value })) return true;
  }
  throw new ApiError('ConflictException', 'The activity is being changed by too many requests at once', 409);
}

export async function deleteActivity(world: World, name: string): Promise<void> {
  await world.table.delete({ pk: ACTIVITIES, sk: name });
}

/** In order of their names, after the one named. */
export async function listActivities(world: World, limit: number, after?: string): Promise<Activity[]> {
  const from = after === undefined ? {} : { from: successor(after) };
  const items = await world.table.query({ pk: ACTIVITIES, limit, ...from });
  return Promise.all(items.map(async (item) => (await loadBody(world.payloads, item)) as Activity));
}

function activityItem(world: World, activity: Activity) {
  return { pk: ACTIVITIES, sk: activity.name, version: world.newId(), body: pack(activity) };
}
