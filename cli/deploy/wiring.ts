// How sources of triggers are connected to the functions of a deployment, with whoever deploys' own rights: event source
// mappings for queues, notifications for buckets, rules for events and schedules. Everything here can be done again
// without harm. A local server watches sources by itself: nothing is connected there.
import type { TriggerDefinition } from '../../core/triggers/trigger.ts';
import type { Place } from '../deployment.ts';
import type { Deployment } from './deployment.ts';
import { ruleWiring } from './wiring-rules.ts';
import { bucketWiring } from './wiring-s3.ts';
import { queueWiring } from './wiring-sqs.ts';

export interface Wired {
  machineName: string;
  name: string;
  definition: TriggerDefinition;
}

export interface Wiring {
  /** What an operator will wish to have known. */
  advice(trigger: Wired): Promise<string | undefined>;
  /** What is wrong with how the source is connected; undefined when nothing is. */
  trouble(trigger: Wired): Promise<string | undefined>;
  connect(trigger: Wired): Promise<void>;
  /** `others` are the triggers that stay. */
  disconnect(trigger: Wired, others: readonly Wired[]): Promise<void>;
}

/** A server on a laptop connects sources by itself. */
function nothingToConnect(isHearing: boolean): Wiring {
  return {
    async advice({ definition, machineName, name }) {
      const kind = 's3' in definition ? 's3' : 'event' in definition ? 'event' : undefined;
      if (kind === undefined || isHearing) return undefined;
      return `Nobody tells this server of the trigger ${machineName}/${name}: stepwell trigger ${kind} plays that part`;
    },
    trouble: async () => undefined,
    connect: async () => {},
    disconnect: async () => {},
  };
}

export function wiringOf(deployment: Deployment | undefined, place: Place): Wiring {
  const functions = deployment?.startFunctions;
  if (functions === undefined) return nothingToConnect(deployment?.hearsSources ?? false);
  const region = place.region ?? deployment!.region;
  const config = { region, ...(place.profile && { profile: place.profile }) };
  const queues = queueWiring(functions, config);
  const rules = ruleWiring(functions, config);
  const buckets = bucketWiring(functions, config, rules);
  const of = ({ definition }: Wired): Wiring => ('sqs' in definition ? queues : 's3' in definition ? buckets : rules);
  return {
    advice: (trigger) => of(trigger).advice(trigger),
    trouble: (trigger) => of(trigger).trouble(trigger),
    connect: (trigger) => of(trigger).connect(trigger),
    disconnect: (trigger, others) => of(trigger).disconnect(trigger, others),
  };
}

export interface ClientPlace {
  region: string;
  profile?: string;
}

export type Functions = NonNullable<Deployment['startFunctions']>;
