const unordered = "~unordered:";

/** The key of a lane for one update that need not wait for any other. */
export function unorderedKey(id: number): string {
  return unordered + id;
}

/** Whether {@linkcode unorderedKey} has made a key. */
export function isUnordered(key: string): boolean {
  return key.startsWith(unordered);
}
