/**
 * What is asked of `nvidia-smi --query-gpu`, with the names that other driver versions use: drivers before 535 say
 * `clocks_throttle_reasons` where later ones say `clocks_event_reasons`. Source: `nvidia-smi --help-query-gpu`.
 */
export const QUERY_FIELDS: Readonly<Record<string, readonly string[]>> = {
  index: ['index'],
  uuid: ['uuid', 'gpu_uuid'],
  busId: ['pci.bus_id', 'gpu_bus_id'],
  driver: ['driver_version'],
  totalMiB: ['memory.total'],
  usedMiB: ['memory.used'],
  freeMiB: ['memory.free'],
  utilizationPercent: ['utilization.gpu'],
  temperatureC: ['temperature.gpu'],
  thermalMarginC: ['temperature.gpu.tlimit'],
  hardwareThermalSlowdown: ['clocks_event_reasons.hw_thermal_slowdown', 'clocks_throttle_reasons.hw_thermal_slowdown'],
  softwareThermalSlowdown: ['clocks_event_reasons.sw_thermal_slowdown', 'clocks_throttle_reasons.sw_thermal_slowdown'],
  powerCap: ['clocks_event_reasons.sw_power_cap', 'clocks_throttle_reasons.sw_power_cap'],
  powerW: ['power.draw'],
  powerLimitW: ['enforced.power.limit', 'power.limit'],
  mig: ['mig.mode.current'],
  // Last, so that a comma in a name splits nothing else.
  name: ['name', 'gpu_name'],
};

/** One column of the answer: what we call it and what the driver calls it. */
export interface QueryColumn {
  readonly key: string;
  readonly field: string;
}

/** The columns that a driver can answer, given the field names in the text of `--help-query-gpu`. */
export function columnsFromHelp(help: string): readonly QueryColumn[] {
  const known = new Set([...help.matchAll(/"([\w.]+)"/gu)].map(([, name]) => name));
  return Object.entries(QUERY_FIELDS).flatMap(([key, names]) => {
    const field = names.find((name) => known.has(name));
    return field === undefined ? [] : [{ key, field }];
  });
}

/** The columns without the one that the driver has just refused; null when the message names none of them. */
export function withoutRefused(columns: readonly QueryColumn[], message: string): readonly QueryColumn[] | null {
  const refused = /Field "([\w.]+)" is not a valid field/u.exec(message)?.[1];
  const rest = columns.filter(({ field }) => field !== refused);
  return rest.length < columns.length ? rest : null;
}
