/** Bytes needed in one memory, by purpose. All are whole bytes. */
export interface MemoryUse {
  readonly weightsBytes: number;
  /** Attention cache, keys and values. */
  readonly kvCacheBytes: number;
  /** State of recurrent layers; 0 for pure attention models. */
  readonly recurrentStateBytes: number;
  /** Scratch memory of the compute graph. */
  readonly computeBytes: number;
  /** All that is loaded beside the model there, see `Companions`; absent where nothing is. */
  readonly companionBytes?: number | undefined;
  /** The sum of the above. */
  readonly totalBytes: number;
}

/** Bytes that one operating point needs, device by device and on the host. */
export interface Footprint {
  /** One entry per device of the placement, in its order; empty when all runs on the host. */
  readonly devices: readonly MemoryUse[];
  readonly host: MemoryUse;
  /** The sum over devices and host. */
  readonly totalBytes: number;
}
