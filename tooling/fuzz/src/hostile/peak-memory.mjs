import { readFileSync, writeSync } from 'node:fs';

/**
 * Linux counts in `maxRSS` what the process held before it became this program, which is the memory of whoever
 * started it; the high-water mark of the program alone stands in /proc.
 */
function peakKiB() {
  try {
    return Number(/^VmHWM:\s+(\d+)/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

process.on('exit', () => {
  try {
    writeSync(3, `${peakKiB()}\n`);
  } catch {
    // A process that was started without descriptor 3 is not measured.
  }
});
