import type { CallOptions } from './abort-signal.js';

/**
 * Results by key, one for each key. What `put` and `remove` have returned for stays when the process is killed.
 * Values are what JSON can hold.
 */
export interface ResultStore<Value> {
  get(key: string, options?: CallOptions): Promise<Value | null>;
  /** Those that are there, by key. */
  getMany(keys: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, Value>>;
  /** Putting the same key again keeps the later one. @throws StorageFailedError */
  put(key: string, value: Value, options?: CallOptions): Promise<void>;
  /** Keys that are not there are left alone. @throws StorageFailedError */
  remove(keys: readonly string[], options?: CallOptions): Promise<void>;
  close(): Promise<void>;
}
