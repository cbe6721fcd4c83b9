/** Bits of `nvmlDeviceGetCurrentClocksThrottleReasons`. Source: nvml.h. */
const SOFTWARE_POWER_CAP = 0x04n;
const SOFTWARE_THERMAL_SLOWDOWN = 0x20n;
const HARDWARE_THERMAL_SLOWDOWN = 0x40n;

/** Why a card runs slower than it could. */
export interface ThrottleReasons {
  readonly thermalThrottling: boolean | null;
  readonly powerCapped: boolean | null;
}

/**
 * What the bits say; null when they could not be read. Heat is only what is named so: the hardware slowdown (0x08), and the
 * power brake (0x80) that sets it too, come from the supply as well.
 */
export function throttleReasons(bits: bigint | null): ThrottleReasons {
  const hasAny = (mask: bigint): boolean | null => (bits === null ? null : (bits & mask) !== 0n);
  return {
    thermalThrottling: hasAny(SOFTWARE_THERMAL_SLOWDOWN | HARDWARE_THERMAL_SLOWDOWN),
    powerCapped: hasAny(SOFTWARE_POWER_CAP),
  };
}
