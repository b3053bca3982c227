// The object that the functions of this workflow work on.

export interface StoredObject {
  bucket: string;
  key: string;
  /** Its content type. */
  type: string;
  bytes: number;
}

export class UnreadableDocument extends Error {
  override name = 'UnreadableDocument';
}
