/** The machine itself. */
export interface HostReading {
  readonly totalBytes: number;
  /** Memory a program may still take without swapping. */
  readonly availableBytes: number;
  readonly processorName: string | null;
  /** Processors this process may use (affinity and container limits counted in). */
  readonly processors: number;
  /** `linux-x64`, `darwin-arm64` … */
  readonly platform: string;
  /** Peak memory bandwidth in bytes per second, or null when unknown. */
  readonly memoryBandwidth: number | null;
  /** What all processors together were seen to read from it, in bytes per second; absent when nobody measured. */
  readonly measuredMemoryBandwidth?: number | undefined;
  /** Share of the last ten seconds in which every task waited for memory (PSI `full`); absent or null is unknown. */
  readonly memoryStallShare?: number | null | undefined;
}

/** Sees the machine's own memory and processors. */
export interface HostProbe {
  read(): Promise<HostReading>;
  /** Tells machines apart without naming them: a digest of what the system knows itself by. Null when unknown. */
  machineId(): Promise<string | null>;
}
