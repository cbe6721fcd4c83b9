/**
 * Marks the end of the time in which native code may read memory that JavaScript owns: an address alone does
 * not keep its buffer from being collected.
 */
export function keepAlive(...buffers: readonly unknown[]): number {
  return buffers.length;
}
