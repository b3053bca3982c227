// Names that must be unique or short: of states (in the whole machine, nested ones too) and labels of Distributed Maps.
import { isObject, type JsonObject } from '../expr/json.ts';
import { type Diagnostic, report, within } from './diagnostic.ts';
import { member } from './shape.ts';

const NAME_LENGTH = 80;

export function checkNames(scopes: { scope: JsonObject; at: string }[], diagnostics: Diagnostic[]): void {
  const names = new Set<string>();
  const labels = new Set<string>();
  for (const { scope, at } of scopes) {
    for (const [name, state] of Object.entries(isObject(scope.States) ? scope.States : {})) {
      const here = within(within(at, 'States'), name);
      if (name.length > NAME_LENGTH)
        report(
          diagnostics,
          'INVALID_STATE_NAME',
          `State name '${name}' exceeds the ${NAME_LENGTH}-character limit allowed by the service`,
          here,
        );
      if (names.has(name)) report(diagnostics, 'DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, here);
      names.add(name);
      const label = member(state, 'Type') === 'Map' ? member(state, 'Label') : undefined;
      if (typeof label !== 'string') continue;
      if (labels.has(label))
        report(diagnostics, 'DUPLICATE_LABEL_NAME', `Duplicate Label name: ${label}`, within(here, 'Label'));
      labels.add(label);
    }
  }
}
