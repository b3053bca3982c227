// The four conditions of a Table, decided in process: for the adapters whose store does not decide them itself.

import type { Condition, Item } from '../core/ports.ts';

export function conditionHolds(stored: Item | undefined, condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  switch (condition.if) {
    case 'absent':
      return stored === undefined;
    case 'absent-or-expired':
      return stored === undefined || hasExpired(stored, condition.nowSeconds);
    case 'exists':
      return stored !== undefined;
    case 'equals':
      return stored !== undefined && stored[condition.attribute] === condition.value;
  }
}

export function hasExpired(item: Item, nowSeconds: number): boolean {
  return typeof item.expires === 'number' && item.expires < nowSeconds;
}
