// The word between a server process and whoever started it.

/** What serve.ts says when it can be reached. */
export const SERVING = 'serving';
