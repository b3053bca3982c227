// Choice: the first rule that holds names the next state.
import type { ChoiceRule, ChoiceState } from '../../asl/definition.ts';
import { runtimeError } from '../../errors.ts';
import { evaluateRule } from '../../expr/choice.ts';
import { evaluateTyped } from '../../expr/jsonata-template.ts';
import { departWithInput, effectiveInput, jsonataScope, languageOf, pathScope } from '../dataflow.ts';
import { leave } from '../move.ts';
import type { Frame } from '../state.ts';
import type { Step } from '../step.ts';

export async function begin(step: Step, frame: Frame, state: ChoiceState): Promise<void> {
  for (const [index, rule] of state.Choices.entries()) {
    if (!(await holds(step, frame, state, rule, index))) continue;
    const departure = await departWithInput(step, frame, state, rule, `Choices[${index}]/`);
    return leave(step, frame, state, departure, rule.Next);
  }
  if (state.Default === undefined)
    throw runtimeError('Failed to transition out of the state. The state does not point to a next state.');
  leave(step, frame, state, await departWithInput(step, frame, state), state.Default);
}

async function holds(step: Step, frame: Frame, state: ChoiceState, rule: ChoiceRule, index: number): Promise<boolean> {
  if (languageOf(step, state) === 'JSONata')
    return (await evaluateTyped(
      rule.Condition ?? false,
      `Choices[${index}]/Condition`,
      'boolean',
      jsonataScope(step, frame),
    )) as boolean;
  return evaluateRule(rule, pathScope(step, frame, effectiveInput(step, frame, state).value));
}
