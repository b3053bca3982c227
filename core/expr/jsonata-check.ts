// What CreateStateMachine and ValidateStateMachineDefinition say about one JSONata expression, and which variables it
// reads. Both walk the library's syntax tree; nothing is evaluated.
//
// An expression has no context item of its own, so `name` and `$` outside of every filter, step and function are
// refused. `$$` is refused everywhere, and so are the operators `??` and `?:`, which are younger than AWS's JSONata.

import { parseExpression } from './jsonata.ts';
import { ADDED_FUNCTIONS } from './jsonata-functions.ts';

/** What `$states` has at the place of an expression, beside `input` and `context`. */
export interface ExpressionPlace {
  /** Output and Assign of Task, Parallel and Map. */
  result: boolean;
  /** Output and Assign of a catcher. */
  errorOutput: boolean;
}

export interface ExpressionProblem {
  code: 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';
  message: string;
}

/** A node of the library's tree; the library's own type tells only part of it. */
interface Node {
  type: string;
  value?: unknown;
  position?: number;
  [part: string]: unknown;
}

/** The first thing wrong with an expression (text between the marks), or undefined. Never throws. */
export function checkExpression(expression: string, place: ExpressionPlace): ExpressionProblem | undefined {
  try {
    const root = parseExpression(expression) as unknown as Node;
    return findYoungOperator(root, expression) ?? findTopLevelReference(root) ?? findMissingStatesField(root, place);
  } catch (trouble) {
    const { message } = trouble as { message?: unknown };
    return invalid(typeof message === 'string' ? message : 'Expression cannot be parsed');
  }
}

function invalid(message: string): ExpressionProblem {
  return { code: 'INVALID_JSONATA_EXPRESSION', message };
}

function unsupported(message: string): ExpressionProblem {
  return { code: 'UNSUPPORTED_JSONATA_EXPRESSION', message };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The nodes right below; pairs and lists of nodes are opened, `slot`s and regular expressions are not nodes. */
function childrenOf(node: object): Node[] {
  return Object.values(node).flatMap((part): Node[] => {
    if (isNode(part)) return [part];
    if (part instanceof RegExp || typeof part !== 'object' || part === null) return [];
    return childrenOf(part);
  });
}

function findNode<T>(node: Node, judge: (node: Node) => T | undefined): T | undefined {
  const own = judge(node);
  if (own !== undefined) return own;
  for (const child of childrenOf(node)) {
    const found = findNode(child, judge);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `a ?? b` and `a ?: b` parse to ordinary conditions; the source before the node's position tells them apart. */
function findYoungOperator(root: Node, expression: string): ExpressionProblem | undefined {
  return findNode(root, (node) => {
    if (node.type !== 'condition' || node.position === undefined) return undefined;
    const operator = expression.slice(node.position - 2, node.position);
    return operator === '??' || operator === '?:' ? invalid(`Syntax error: "${operator}"`) : undefined;
  });
}

function topLevelReference(name: string): ExpressionProblem {
  return unsupported(`Reference to '${name}' at the top level is not supported.`);
}

function findTopLevelReference(root: Node): ExpressionProblem | undefined {
  const isWholeInput = (node: Node) => node.type === 'variable' && node.value === '$';
  return (
    findAtTop(root, (node) => {
      if (node.type === 'name') return topLevelReference(String(node.value));
      return node.type === 'variable' && node.value === '' ? topLevelReference('$') : undefined;
    }) ?? findNode(root, (node) => (isWholeInput(node) ? topLevelReference('$$') : undefined))
  );
}

/** As `findNode`, but only where the context is still that of the whole expression, which is nothing. */
function findAtTop<T>(node: Node, judge: (node: Node) => T | undefined): T | undefined {
  if (node.type === 'lambda' || node.type === 'transform' || node.type === 'operator') return undefined;
  const own = judge(node);
  if (own !== undefined) return own;
  // Later steps, filters, groupings and sort terms have the step before as their context.
  const { predicate: _filters, stages: _stages, group: _group, steps, ...parts } = node;
  const below = Array.isArray(steps) ? (steps as Node[]).slice(0, 1) : childrenOf(parts);
  for (const child of below) {
    const found = findAtTop(child, judge);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findMissingStatesField(root: Node, place: ExpressionPlace): ExpressionProblem | undefined {
  const fields = [
    'input',
    'context',
    ...(place.result ? ['result'] : []),
    ...(place.errorOutput ? ['errorOutput'] : []),
  ];
  return findNode(root, (node) => {
    const [first, second] = (node.steps ?? []) as Node[];
    if (first?.type !== 'variable' || first.value !== 'states' || second?.type !== 'name') return undefined;
    const name = String(second.value);
    return fields.includes(name) ? undefined : unsupported(`Field '$states.${name}' does not exist.`);
  });
}

const FUNCTIONS_OF_JSONATA = `
  string length substring substringBefore substringAfter uppercase lowercase trim pad contains split join match replace
  base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl number abs floor ceil round power
  sqrt random formatNumber formatBase formatInteger parseInteger sum max min average boolean not exists count append
  sort reverse shuffle distinct zip keys lookup spread merge each error assert type sift now millis fromMillis toMillis
  map filter single reduce clone eval`;

const FUNCTIONS: ReadonlySet<string> = new Set([
  ...FUNCTIONS_OF_JSONATA.trim().split(/\s+/),
  ...Object.keys(ADDED_FUNCTIONS),
]);

/**
 * The variables an expression reads, in order of appearance. A name counts as bound once `:=`, a parameter, `@` or `#`
 * gave it a value further out or before; names that are called are functions, which no state variable can hold.
 */
export function referencedVariables(expression: string): string[] {
  const names = new Set<string>();
  try {
    collectVariables(parseExpression(expression) as unknown as Node, new Set(), names);
  } catch {
    return [];
  }
  return [...names];
}

function collectVariables(node: Node, bound: Set<string>, names: Set<string>): void {
  if (node.type === 'variable') {
    const name = String(node.value);
    const isOwn = name === '' || name === '$' || name === 'states' || FUNCTIONS.has(name) || bound.has(name);
    if (!isOwn) names.add(name);
  }
  if (node.type === 'bind') {
    collectVariables(node.rhs as Node, bound, names);
    bound.add(String((node.lhs as Node).value));
    return;
  }
  const isScope = node.type === 'block' || node.type === 'lambda';
  const scope = isScope ? new Set(bound) : bound;
  if (node.type === 'lambda') for (const parameter of node.arguments as Node[]) scope.add(String(parameter.value));
  const called = node.type === 'function' || node.type === 'partial' ? (node.procedure as Node) : undefined;
  // A step's `@$name` and `#$name` bind for its own filters and all steps after it.
  for (const part of [node.focus, node.index]) if (typeof part === 'string') scope.add(part);
  for (const child of childrenOf(node)) {
    if (child !== called || child.type !== 'variable') collectVariables(child, scope, names);
  }
}
