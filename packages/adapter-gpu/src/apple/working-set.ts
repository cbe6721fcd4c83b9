const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;

/**
 * Bytes of unified memory that Metal recommends for a working set: `iogpu.wired_limit_mb` when it is set, else two
 * thirds of the memory below 36 GiB and three quarters from there. Source: `recommendedMaxWorkingSetSize` as llama.cpp
 * prints it: 10,922.67 MiB of 16 GiB, 21,845.34 of 32 GiB, 49,152 of 64 GiB.
 */
export function recommendedWorkingSetBytes(memoryBytes: number, wiredLimitMb: number | null): number {
  if (wiredLimitMb !== null && wiredLimitMb > 0) return Math.min(wiredLimitMb * MEBIBYTE, memoryBytes);
  return Math.floor(memoryBytes >= 36 * GIBIBYTE ? (memoryBytes * 3) / 4 : (memoryBytes * 2) / 3);
}
