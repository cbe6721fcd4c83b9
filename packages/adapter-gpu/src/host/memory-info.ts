const BYTES_PER_KIB = 1024;

/** Bytes that a program may take without swapping, from the text of `/proc/meminfo`; null when it does not say. */
export function availableFromMeminfo(text: string): number | null {
  const kibibytes = /^MemAvailable:\s+(\d+) kB/mu.exec(text)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * BYTES_PER_KIB;
}

/** The same from the output of macOS `vm_stat`: free, inactive, speculative and purgeable pages. */
export function availableFromVmStat(text: string): number | null {
  const pageBytes = /page size of (\d+) bytes/u.exec(text)?.[1];
  const kinds = ['free', 'inactive', 'speculative', 'purgeable'];
  const pages = kinds.map((kind) => new RegExp(`^Pages ${kind}:\\s+(\\d+)`, 'mu').exec(text)?.[1]);
  if (pageBytes === undefined || pages[0] === undefined) return null;
  return pages.reduce((sum, count) => sum + Number(count ?? 0), 0) * Number(pageBytes);
}

/** Share of the last ten seconds in which all tasks stalled, as `/proc/pressure/memory` says; null when it does not. */
export function stallShareFromPressure(text: string): number | null {
  const percent = /^full avg10=(\d+(?:\.\d+)?)/mu.exec(text)?.[1];
  return percent === undefined ? null : Number(percent) / 100;
}
