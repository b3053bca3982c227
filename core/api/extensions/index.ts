// Actions that Step Functions does not have, called as `X-Amz-Target: Stepwell.<Action>` in the same JSON. A table of
// their own, so the one of AWS's actions stays what the SDK knows.
import type { Action } from '../action.ts';

export const EXTENSIONS = {} satisfies Record<string, Action>;
