import type { Json } from '../expr/json.ts';
export function checkTaskResult(_resource: string, _result: Json, _isStrict: boolean): void {}
