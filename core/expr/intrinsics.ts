// Runs intrinsic functions: arguments first, left to right, then the function from the table in intrinsic-functions.ts.
import { runtimeError, StatesError } from '../errors.ts';
import { FUNCTIONS, IntrinsicProblem } from './intrinsic-functions.ts';
import { type Intrinsic, type IntrinsicArgument, IntrinsicSyntaxError, parseIntrinsicText } from './intrinsic-parse.ts';
import { type Json, printJson } from './json.ts';
import { PathError } from './jsonpath.ts';
import { memoizeByText } from './memoize.ts';
import { documentOf, readPath, type Scope } from './scope.ts';

export { type Intrinsic, IntrinsicSyntaxError } from './intrinsic-parse.ts';

const MAX_PARSED = 500;

/** Throws IntrinsicSyntaxError, also for an unknown function or a number of arguments it does not take. */
export const parseIntrinsic: (text: string) => Intrinsic = memoizeByText(MAX_PARSED, (text) => {
  const call = parseIntrinsicText(text);
  checkCall(call);
  return call;
});

function checkCall(call: Intrinsic): void {
  const known = FUNCTIONS.get(call.name);
  if (known === undefined) throw new IntrinsicSyntaxError(`There is no intrinsic function ${call.name}`);
  const [least, most] = known.arguments;
  if (call.arguments.length < least || call.arguments.length > most) {
    throw new IntrinsicSyntaxError(`${call.name} does not take ${call.arguments.length} arguments`);
  }
  for (const argument of call.arguments) if (argument.kind === 'call') checkCall(argument.call);
}

/** Throws StatesError: States.IntrinsicFailure from a function, States.Runtime for a path that leads nowhere. */
export function evaluateIntrinsic(text: string, scope: Scope): Json {
  let call: Intrinsic;
  try {
    call = parseIntrinsic(text);
  } catch (error) {
    if (error instanceof IntrinsicSyntaxError) throw runtimeError(error.message);
    throw error;
  }
  return evaluateCall(call, call, scope);
}

function evaluateCall(call: Intrinsic, outermost: Intrinsic, scope: Scope): Json {
  const args = call.arguments.map((argument, index) => {
    const isTemplate = call.name === 'States.Format' && index === 0;
    return evaluateArgument(argument, isTemplate, outermost, scope);
  });
  try {
    return FUNCTIONS.get(call.name)!.run(args, scope);
  } catch (error) {
    if (!(error instanceof IntrinsicProblem || error instanceof RangeError)) throw error;
    throw new StatesError('States.IntrinsicFailure', problemText(outermost, error.message));
  }
}

function evaluateArgument(argument: IntrinsicArgument, isTemplate: boolean, outermost: Intrinsic, scope: Scope): Json {
  switch (argument.kind) {
    case 'value':
      return argument.value;
    case 'text':
      return isTemplate ? argument.raw : argument.value;
    case 'call':
      return evaluateCall(argument.call, outermost, scope);
    case 'path':
      return evaluatePathArgument(argument.path, outermost, scope);
  }
}

function evaluatePathArgument(path: string, outermost: Intrinsic, scope: Scope): Json {
  try {
    return readPath(path, scope);
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    const document = printJson(documentOf(path, scope));
    throw runtimeError(
      problemText(
        outermost,
        `The JsonPath argument for the field '${path}' could not be found in the input '${document}'`,
      ),
    );
  }
}

function problemText(call: Intrinsic, problem: string): string {
  return `The function '${call.text}' had the following error: ${problem}`;
}
