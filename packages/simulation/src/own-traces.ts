import { readFile } from 'node:fs/promises';
import { parseTrace } from './trace.js';
import type { Trace } from './trace.js';

/** The traces that come with this package, by name. */
export const TRACES: readonly string[] = [
  ...['game-comes-and-goes', 'slow-leak', 'sawtooth', 'heat-ramp', 'power-cap', 'probe-gone', 'page-cache'],
  ...['two-models', 'out-of-memory-at-load', 'burst-of-100'],
];

/** Reads one of them. */
export async function readTrace(name: string): Promise<Trace> {
  return parseTrace(await readFile(new URL(`../traces/${name}.jsonl`, import.meta.url), 'utf8'));
}
