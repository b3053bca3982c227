// The one error of paths. `message` is the text the service prints after "Invalid path '$.x' : ", which is that of the
// Java library behind it, down to the names of Java exceptions: users search for these texts.

/** NotFound: the path is fine, the document lacks it. InvalidPath: the path is wrong, or wrong for this document. */
export type PathErrorKind = 'InvalidPath' | 'NotFound';

export class PathError extends Error {
  readonly kind: PathErrorKind;

  constructor(kind: PathErrorKind, message: string) {
    super(message);
    this.name = 'PathError';
    this.kind = kind;
  }
}

/** A path the compiler refuses; the library wraps its own exception once per level of compilation. */
export function refusedPath(sentence: string): PathError {
  return new PathError('InvalidPath', `com.jayway.jsonpath.InvalidPathException: ${sentence}`);
}

/** A path that ends before the compiler has seen what it needs. */
export function endOfPath(index: number): PathError {
  return new PathError('InvalidPath', `java.lang.StringIndexOutOfBoundsException: String index out of range: ${index}`);
}
