// Map: the item processor, and the fields of a Distributed Map that read, batch and write items.
import { isObject, type Json, type JsonObject } from '../expr/json.ts';
import { within } from './diagnostic.ts';
import { inputReferencePath, jsonata, objectTemplate, orExpression, template } from './expressions.ts';
import {
  type Check,
  type Field,
  fail,
  inBoth,
  inJsonata,
  inJsonPath,
  locationOf,
  member,
  objectOf,
  type Place,
  type Shape,
} from './shape.ts';
import { arrayOf, integer, oneOf, text } from './values.ts';

const LABEL_LENGTH = 40;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the published rule names the control characters.
const NOT_IN_LABEL = /[\s?*<>{}[\]:;,\\|^~$#%&"`\u0000-\u001f\u007f-\u009f]/;

/** A number of a Map: a literal in both languages, an expression in JSONata. */
export function countField(minimum: number, maximum?: number): Field {
  const literal = integer(minimum, maximum);
  return { JSONPath: literal, JSONata: orExpression(literal) };
}

const READER_CONFIG: Shape = {
  fields: {
    InputType: inBoth(oneOf('CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST')),
    ManifestType: inBoth(oneOf('S3_INVENTORY', 'ATHENA_DATA')),
    Transformation: inBoth(oneOf('NONE', 'LOAD_AND_FLATTEN')),
    CSVHeaderLocation: inBoth(oneOf('FIRST_ROW', 'GIVEN')),
    CSVHeaders: { JSONPath: arrayOf(text), JSONata: orExpression(arrayOf(orExpression(text))) },
    CSVDelimiter: inBoth(oneOf('COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB')),
    ItemsPointer: inBoth(text),
    MaxItems: countField(0, 100_000_000),
    MaxItemsPath: inJsonPath(inputReferencePath),
  },
  atMostOne: [['MaxItems', 'MaxItemsPath']],
};

const ITEM_READER: Shape = {
  fields: {
    Resource: inBoth(text),
    Parameters: inJsonPath(objectTemplate),
    Arguments: inJsonata(jsonata()),
    ReaderConfig: inBoth(objectOf(READER_CONFIG)),
  },
  required: ['Resource'],
};

const ITEM_BATCHER: Shape = {
  fields: {
    MaxItemsPerBatch: countField(0),
    MaxItemsPerBatchPath: inJsonPath(inputReferencePath),
    MaxInputBytesPerBatch: countField(0, 262_144),
    MaxInputBytesPerBatchPath: inJsonPath(inputReferencePath),
    BatchInput: { JSONPath: template, JSONata: jsonata() },
  },
  atMostOne: [
    ['MaxItemsPerBatch', 'MaxItemsPerBatchPath'],
    ['MaxInputBytesPerBatch', 'MaxInputBytesPerBatchPath'],
  ],
};

const RESULT_WRITER: Shape = {
  fields: {
    Resource: inBoth(text),
    Parameters: inJsonPath(objectTemplate),
    Arguments: inJsonata(jsonata()),
    WriterConfig: inBoth(
      objectOf({
        fields: {
          OutputType: inBoth(oneOf('JSON', 'JSONL')),
          Transformation: inBoth(oneOf('NONE', 'COMPACT', 'FLATTEN')),
        },
      }),
    ),
  },
};

export const itemReader = inBoth(objectOf(ITEM_READER));
export const itemBatcher = inBoth((value, place) => {
  objectOf(ITEM_BATCHER)(value, place);
  const limits = Object.keys(ITEM_BATCHER.fields).filter((name) => name.startsWith('Max'));
  if (isObject(value) && !limits.some((name) => Object.hasOwn(value, name)))
    fail(place, `At least one of the following fields is required: [${limits.join(', ')}]`);
});
export const resultWriter = inBoth(objectOf(RESULT_WRITER));

export const label: Check = (value, place) => {
  if (typeof value !== 'string') fail(place, 'Expected value of type String');
  else if (value.length > LABEL_LENGTH)
    invalidLabel(value, `exceeds the ${LABEL_LENGTH}-character limit allowed by the service`, place);
  else if (value === '' || NOT_IN_LABEL.test(value)) invalidLabel(value, 'contains invalid characters', place);
};

function invalidLabel(value: string, why: string, place: Place): void {
  fail(place, `Label name '${value}' ${why}`, undefined, 'INVALID_LABEL_NAME');
}

const PROCESSOR_CONFIG: Shape = {
  fields: {
    Mode: inBoth(oneOf('INLINE', 'DISTRIBUTED')),
    ExecutionType: inBoth(oneOf('STANDARD', 'EXPRESS')),
  },
};

/** How a Map runs its items; empty when it does not say. */
function configOf(processor: Json | undefined): JsonObject {
  const config = member(processor, 'ProcessorConfig');
  return isObject(config) ? config : {};
}

/** ItemProcessor, or Iterator, its old name. Its states are checked later, as a scope of their own. */
export const itemProcessor: Check = (value, place) => {
  const location = locationOf(place);
  const { Mode: mode, ExecutionType: type } = configOf(value);
  if (mode === 'DISTRIBUTED') checkDistributed(type, place, location);
  const express = mode === 'DISTRIBUTED' ? type === 'EXPRESS' : place.express;
  place.scopes.push({ scope: value, at: location, kind: 'processor', express });
};

function checkDistributed(executionType: Json | undefined, place: Place, location: string): void {
  const config = within(location, 'ProcessorConfig');
  if (place.express) {
    const message = "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines";
    fail(place, message, within(config, 'Mode'));
  }
  if (executionType === undefined) fail(place, 'These fields are required: [ExecutionType]', config);
}

export const processorConfig = inBoth(objectOf(PROCESSOR_CONFIG));

/** Fields that only a Distributed Map has. */
const DISTRIBUTED_FIELDS = ['ItemReader', 'ItemBatcher', 'ResultWriter'];

export function checkMapMode(map: JsonObject, place: Place, location: string): void {
  if (configOf(map.ItemProcessor ?? map.Iterator).Mode === 'DISTRIBUTED') return;
  for (const field of DISTRIBUTED_FIELDS)
    if (Object.hasOwn(map, field))
      fail(place, `Field '${field}' is only supported for a Map with the Mode 'DISTRIBUTED'`, location);
}
