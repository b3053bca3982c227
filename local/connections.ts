// Connections for HTTP tasks on this machine, from a file: by ARN or by name, what CreateConnection takes.
//   { "shop": { "AuthorizationType": "API_KEY",
//               "AuthParameters": { "ApiKeyAuthParameters": { "ApiKeyName": "X-Key", "ApiKeyValue": "${SHOP_KEY}" } } } }
// `${NAME}` stands for a variable of the environment, so that no secret need stand in a file.
import { UsageError } from '../cli/arguments.ts';
import { readText } from '../cli/input.ts';
import { StatesError } from '../core/errors.ts';
import { isObject, type Json, parseJson } from '../core/expr/json.ts';
import { connectionError, connectionName, readConnection } from '../core/integrations/http-connection.ts';
import type { Connection, Connections } from '../core/ports.ts';

type Environment = Record<string, string | undefined>;

/** Throws a UsageError that names the file, and what is wrong in it. */
export function readConnections(file: string, environment: Environment): Map<string, Connection> {
  try {
    const document = parseJson(readText(file));
    if (!isObject(document)) throw new SyntaxError('it is no JSON object');
    return new Map(Object.entries(document).map(([name, value]) => [name, connectionIn(name, value, environment)]));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The connections in ${file} cannot be used: ${(error as Error).message}`);
  }
}

function connectionIn(name: string, value: Json, environment: Environment): Connection {
  const filled = withVariables(value, environment);
  if (!isObject(filled)) throw new SyntaxError(`'${name}' is no JSON object`);
  try {
    return readConnection(filled);
  } catch (error) {
    throw new SyntaxError(`'${name}': ${(error as Error).message}`);
  }
}

function withVariables(value: Json, environment: Environment): Json {
  if (Array.isArray(value)) return value.map((each) => withVariables(each, environment));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withVariables(each, environment)]));
  if (typeof value !== 'string') return value;
  return value.replace(/\$\{(\w+)\}/g, (_all, name: string) => {
    const text = environment[name];
    if (text === undefined) throw new SyntaxError(`the environment variable ${name} is not set`);
    return text;
  });
}

/** Those of the file first; further ones are EventBridge's. */
export function localConnections(known: ReadonlyMap<string, Connection>, deployed: Connections): Connections {
  return {
    async find(arn, roles, signal) {
      const connection = known.get(arn) ?? known.get(connectionName(arn));
      if (connection !== undefined) return connection;
      try {
        return await deployed.find(arn, roles, signal);
      } catch (error) {
        // Whatever else is wrong with a connection says that there is one.
        if (!(error instanceof StatesError) || !/\.(ResourceNotFound|InternalError)$/.test(error.error)) throw error;
        const cause = `No connection '${connectionName(arn)}' is in a file given with --connections. ${error.causeText}`;
        throw connectionError('ResourceNotFound', cause);
      }
    },
  };
}
