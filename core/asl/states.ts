// The eight state types and the machine itself, one table each: which fields, in which language, with which values.
// This is the page "Amazon States Language: state machine structure" of AWS's guide as data.
import { assign } from './assign.ts';
import { choiceRule } from './choice.ts';
import { credentials } from './credentials.ts';
import type { StateType } from './definition.ts';
import {
  inputReferencePath,
  jsonata,
  objectTemplate,
  orExpression,
  path,
  referencePath,
  resultPath,
  stringPath,
  template,
} from './expressions.ts';
import { countField, itemBatcher, itemProcessor, itemReader, label, processorConfig, resultWriter } from './map.ts';
import { catchers, retry } from './recover.ts';
import { resource } from './resource.ts';
import { type Check, type Field, inBoth, inJsonata, inJsonPath, locationOf, type Shape } from './shape.ts';
import { anything, arrayOf, decimal, flag, integer, object, oneOf, text, timestamp } from './values.ts';

/** Seconds of about three years: the longest wait, timeout and heartbeat. */
const LONGEST = 99_999_999;

const LANGUAGE = inBoth(oneOf('JSONPath', 'JSONata'));

const COMMON = {
  Type: inBoth(text),
  Comment: inBoth(text),
  QueryLanguage: LANGUAGE,
} satisfies Record<string, Field>;

const TRANSITION = { Next: inBoth(text), End: inBoth(flag) } satisfies Record<string, Field>;

const INPUT_OUTPUT = {
  InputPath: inJsonPath(path),
  OutputPath: inJsonPath(path),
  Output: inJsonata(jsonata()),
} satisfies Record<string, Field>;

/** Of states that do work; stands after INPUT_OUTPUT, because their Output can read the result. */
const RESULT = {
  Output: inJsonata(jsonata('result')),
  Assign: assign('result'),
  ResultSelector: inJsonPath(objectTemplate),
  ResultPath: inJsonPath(resultPath),
  Retry: retry,
  Catch: catchers,
} satisfies Record<string, Field>;

const NEXT_OR_END = ['Next', 'End'];

const branch: Check = (value, place) => {
  place.scopes.push({ scope: value, at: locationOf(place), kind: 'branch', express: place.express });
};

/** A whole number of seconds, or an expression for it. */
const seconds = (minimum: number): Field => countField(minimum, LONGEST);

const word: Field = { JSONPath: text, JSONata: orExpression(text) };

const PERCENTAGE: Field = { JSONPath: decimal(0, 100), JSONata: orExpression(decimal(0, 100)) };

export const STATES = {
  Task: {
    fields: {
      ...COMMON,
      ...TRANSITION,
      ...INPUT_OUTPUT,
      ...RESULT,
      Resource: inBoth(resource),
      Parameters: inJsonPath(template),
      Arguments: inJsonata(jsonata()),
      Credentials: credentials,
      TimeoutSeconds: seconds(1),
      TimeoutSecondsPath: inJsonPath(referencePath),
      HeartbeatSeconds: seconds(1),
      HeartbeatSecondsPath: inJsonPath(referencePath),
    },
    required: ['Resource'],
    exactlyOne: [NEXT_OR_END],
    atMostOne: [
      ['TimeoutSeconds', 'TimeoutSecondsPath'],
      ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
    ],
  },
  Wait: {
    fields: {
      ...COMMON,
      ...TRANSITION,
      ...INPUT_OUTPUT,
      Assign: assign(),
      Seconds: seconds(0),
      SecondsPath: inJsonPath(referencePath),
      Timestamp: { JSONPath: timestamp, JSONata: orExpression(timestamp) },
      TimestampPath: inJsonPath(referencePath),
    },
    exactlyOne: [['SecondsPath', 'Seconds', 'TimestampPath', 'Timestamp'], NEXT_OR_END],
  },
  Pass: {
    fields: {
      ...COMMON,
      ...TRANSITION,
      ...INPUT_OUTPUT,
      Assign: assign(),
      Parameters: inJsonPath(template),
      Result: inJsonPath(anything),
      ResultPath: inJsonPath(resultPath),
    },
    exactlyOne: [NEXT_OR_END],
  },
  Succeed: { fields: { ...COMMON, ...INPUT_OUTPUT } },
  Fail: {
    fields: {
      ...COMMON,
      Error: word,
      ErrorPath: inJsonPath(stringPath),
      Cause: word,
      CausePath: inJsonPath(stringPath),
    },
    atMostOne: [
      ['Error', 'ErrorPath'],
      ['Cause', 'CausePath'],
    ],
  },
  Choice: {
    fields: {
      ...COMMON,
      ...INPUT_OUTPUT,
      Assign: assign(),
      Choices: inBoth(arrayOf(choiceRule, 1)),
      Default: inBoth(text),
    },
    required: ['Choices'],
  },
  Parallel: {
    fields: {
      ...COMMON,
      ...TRANSITION,
      ...INPUT_OUTPUT,
      ...RESULT,
      Branches: inBoth(arrayOf(branch, 1)),
      Parameters: inJsonPath(template),
      Arguments: inJsonata(jsonata()),
    },
    required: ['Branches'],
    exactlyOne: [NEXT_OR_END],
  },
  Map: {
    fields: {
      ...COMMON,
      ...TRANSITION,
      ...INPUT_OUTPUT,
      ...RESULT,
      ItemProcessor: inBoth(itemProcessor),
      Iterator: inBoth(itemProcessor),
      ItemsPath: inJsonPath(referencePath),
      Items: inJsonata(jsonata()),
      ItemSelector: { JSONPath: template, JSONata: jsonata() },
      Parameters: inJsonPath(template),
      MaxConcurrency: countField(0),
      MaxConcurrencyPath: inJsonPath(inputReferencePath),
      ToleratedFailurePercentage: PERCENTAGE,
      ToleratedFailurePercentagePath: inJsonPath(inputReferencePath),
      ToleratedFailureCount: countField(0),
      ToleratedFailureCountPath: inJsonPath(inputReferencePath),
      Label: inBoth(label),
      ItemReader: itemReader,
      ItemBatcher: itemBatcher,
      ResultWriter: resultWriter,
    },
    exactlyOne: [['ItemProcessor', 'Iterator'], NEXT_OR_END],
    atMostOne: [
      ['ItemSelector', 'Parameters'],
      ['MaxConcurrency', 'MaxConcurrencyPath'],
      ['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath'],
      ['ToleratedFailureCount', 'ToleratedFailureCountPath'],
    ],
  },
} satisfies Record<StateType, Shape>;

/** The type names in AWS's order. */
export const STATE_TYPES: readonly string[] = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'];

const SCOPE = { Comment: inBoth(text), StartAt: inBoth(text), States: inBoth(object) } satisfies Record<string, Field>;

/** What holds states: the machine, a branch of a Parallel, the item processor of a Map. */
export const SCOPES = {
  machine: {
    fields: {
      ...SCOPE,
      Version: inBoth(oneOf('1.0')),
      QueryLanguage: LANGUAGE,
      TimeoutSeconds: inBoth(integer(0, LONGEST)),
    },
    required: ['States', 'StartAt'],
  },
  branch: { fields: { ...SCOPE, QueryLanguage: LANGUAGE }, required: ['States', 'StartAt'] },
  processor: { fields: { ...SCOPE, ProcessorConfig: processorConfig }, required: ['States', 'StartAt'] },
} satisfies Record<string, Shape>;
