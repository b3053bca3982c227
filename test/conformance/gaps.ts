// What is known not to be as AWS answers, each with its reason: `gaps.json`, a list of `{id, reason}` where `*` in an id
// stands for any text. A gap that has closed is to be taken off the list, so the list is always true.
import gaps from './gaps.json' with { type: 'json' };

export interface Gap {
  id: string;
  reason: string;
}

export function gapOf(id: string, known: Gap[] = gaps): Gap | undefined {
  return known.find((gap) => matches(gap.id, id));
}

function matches(pattern: string, id: string): boolean {
  const source = pattern.split('*').map(RegExp.escape).join('.*');
  return new RegExp(`^${source}$`, 's').test(id);
}
