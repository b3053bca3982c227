// `elasticmapreduce:modifyInstance…ByName`: EMR knows instance fleets and groups by id alone, so their names are looked up
// in the cluster first.
import { StatesError } from '../errors.ts';
import { isObject, type JsonObject } from '../expr/json.ts';
import type { Ask } from './optimised-services.ts';

export async function fleetByName(parameters: JsonObject, ask: Ask): Promise<JsonObject> {
  const { ClusterId = null, InstanceFleet } = parameters;
  const InstanceFleetId = await idOf('InstanceFleet', parameters, ask);
  return { ClusterId, InstanceFleet: { ...(isObject(InstanceFleet) ? InstanceFleet : {}), InstanceFleetId } };
}

export async function groupByName(parameters: JsonObject, ask: Ask): Promise<JsonObject> {
  const { ClusterId = null, InstanceGroup } = parameters;
  const InstanceGroupId = await idOf('InstanceGroup', parameters, ask);
  return { ClusterId, InstanceGroups: [{ ...(isObject(InstanceGroup) ? InstanceGroup : {}), InstanceGroupId }] };
}

async function idOf(kind: string, parameters: JsonObject, ask: Ask): Promise<string> {
  const { ClusterId = null, [`${kind}Name`]: name } = parameters;
  for (let marker: JsonObject = {}; ; ) {
    const { [`${kind}s`]: page, Marker } = await ask('emr', `list${kind}s`, { ClusterId, ...marker });
    const found = (Array.isArray(page) ? page : []).find((each) => isObject(each) && each.Name === name);
    if (isObject(found) && typeof found.Id === 'string') return found.Id;
    if (typeof Marker !== 'string') break;
    marker = { Marker };
  }
  // No source tells AWS's words.
  const what = kind === 'InstanceFleet' ? 'instance fleet' : 'instance group';
  throw new StatesError(
    'ElasticMapReduce.InvalidRequestException',
    `Cluster ${ClusterId} has no ${what} named '${name}'.`,
  );
}
