// What a tested Map makes of its input before it would run iterations: its items, the input of each, its limits. The
// iterations themselves are mocked, so inline and distributed Maps are alike here.
import { validation } from '../api/exceptions.ts';
import type { MapState } from '../asl/definition.ts';
import { languageOf } from '../engine/dataflow.ts';
import type { Frame } from '../engine/state.ts';
import { itemInput, items, maxConcurrency, type Tolerance, tolerance } from '../engine/states/map.ts';
import type { Step } from '../engine/step.ts';
import { type Json, printJson } from '../expr/json.ts';
import type { MapDetails } from './inspection.ts';
import { batches } from './item-batcher.ts';
import { readItems } from './item-reader.ts';
import type { StateConfiguration } from './request.ts';

/** Whether the failed iterations are more than the Map tolerates. A stage that fails leaves the details before it. */
export async function evaluateMap(
  step: Step,
  frame: Frame,
  state: MapState,
  configuration: StateConfiguration,
  details: MapDetails,
): Promise<boolean> {
  const found = await itemsOf(step, frame, state, configuration, details);
  const values = Array.isArray(found) ? found : Object.values(found);
  const keys = Array.isArray(found) ? {} : { keys: Object.keys(found) };
  const inputs = await iterationInputs(step, { ...frame, items: printJson(values), ...keys }, state, values.length);
  if (state.ItemSelector !== undefined || state.Parameters !== undefined)
    details.afterItemSelector = `[${inputs.join(',')}]`;
  if (state.ItemBatcher !== undefined)
    details.afterItemBatcher = printJson(await batches(step, frame, state, state.ItemBatcher, inputs));
  details.maxConcurrency = await maxConcurrency(step, frame, state);
  const tolerated = await tolerance(step, frame, state);
  const { count, percentage } = tolerated;
  if (count !== undefined) details.toleratedFailureCount = count;
  if (percentage !== undefined) details.toleratedFailurePercentage = percentage;
  return isExceeded(configuration.mapIterationFailureCount ?? 0, values.length, tolerated);
}

async function itemsOf(
  step: Step,
  frame: Frame,
  state: MapState,
  { mapItemReaderData }: StateConfiguration,
  details: MapDetails,
): Promise<Json[] | Record<string, Json>> {
  // Recorded: an ItemReader takes no notice of ItemsPath.
  if (state.ItemReader !== undefined) {
    if (mapItemReaderData === undefined) return [];
    const read = readItems(state.ItemReader, mapItemReaderData);
    if (read.isPointed) details.afterItemsPointer = printJson(read.items);
    return read.items;
  }
  const found = await items(step, frame, state);
  if (languageOf(step, state) === 'JSONPath') details.afterItemsPath = printJson(found as Json);
  return found;
}

async function iterationInputs(step: Step, frame: Frame, state: MapState, count: number): Promise<string[]> {
  const inputs: string[] = [];
  for (let index = 0; index < count; index++) inputs.push(await itemInput(step, frame, state, index));
  return inputs;
}

/** Without a tolerance one failed iteration is too many. */
function isExceeded(failures: number, total: number, { count, percentage }: Tolerance): boolean {
  if (failures > total)
    throw validation('MapIterationFailureCount must not be greater than the number of items of the Map state.');
  if (count === undefined && percentage === undefined) return failures > 0;
  const isOverCount = count !== undefined && failures > count;
  const isOverPercentage = percentage !== undefined && failures * 100 > percentage * total;
  return isOverCount || isOverPercentage;
}
