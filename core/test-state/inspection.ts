// What a test saw of its state, from the observations of the interpreter: the data flow, and how an error was handled.
import type { InspectionData } from '@aws-sdk/client-sfn';
import type { Observation } from '../engine/observation.ts';
import type { Failure } from '../engine/recover.ts';

/** Fields that only Map has. */
export type MapDetails = Pick<
  InspectionData,
  | 'afterItemsPath'
  | 'afterItemsPointer'
  | 'afterItemSelector'
  | 'afterItemBatcher'
  | 'maxConcurrency'
  | 'toleratedFailureCount'
  | 'toleratedFailurePercentage'
>;

export interface Inspection {
  data: InspectionData;
  /** The failure that Retry and Catch were asked about. */
  failure: Failure | undefined;
  isRetried: boolean;
  isCaught: boolean;
  observe(observation: Observation): void;
}

export function newInspection(input: string): Inspection {
  const inspection: Inspection = {
    data: { input },
    failure: undefined,
    isRetried: false,
    isCaught: false,
    observe(observation) {
      switch (observation.kind) {
        case 'data':
          inspection.data[observation.stage] = observation.text;
          return;
        case 'failed':
          inspection.failure = observation.failure;
          if (observation.retryIndex !== undefined) addErrorDetails({ retryIndex: observation.retryIndex });
          return;
        case 'retried':
          inspection.isRetried = true;
          return addErrorDetails({ retryBackoffIntervalSeconds: Math.round(observation.seconds) });
        case 'caught':
          inspection.isCaught = true;
          return addErrorDetails({ catchIndex: observation.index });
      }
    },
  };
  function addErrorDetails(details: InspectionData['errorDetails']): void {
    inspection.data.errorDetails = { ...inspection.data.errorDetails, ...details };
  }
  return inspection;
}
