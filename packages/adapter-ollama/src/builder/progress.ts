import type { BuildProgress } from '@plimsoll/domain';
import type { ProgressAnswer } from '@plimsoll/protocol/ollama';

/**
 * Turns Ollama's lines into one growing count: a pull reports each layer for itself, the user sees the sum. A
 * layer's total is known only from its first line on, so the whole may grow.
 */
export class ProgressMeter {
  readonly #layers = new Map<string, { readonly completed: number; readonly total: number }>();

  /** What to report after this line. */
  add(line: ProgressAnswer): BuildProgress {
    const phase = phaseOf(line);
    const total = line.total ?? null;
    if (total === null) return { phase, completed: null, total: null, unit: 'bytes' };
    this.#layers.set(line.digest ?? phase, { completed: Math.min(line.completed ?? 0, total), total });
    const layers =
      line.digest === null || line.digest === undefined ? [this.#layers.get(phase)] : this.#layers.values();
    let completed = 0;
    let sum = 0;
    for (const layer of layers) {
      completed += layer?.completed ?? 0;
      sum += layer?.total ?? 0;
    }
    return { phase, completed, total: sum, unit: 'bytes' };
  }
}

/** Ollama's own words, without the digests that tell a user nothing. */
function phaseOf(line: ProgressAnswer): string {
  const status = line.status ?? 'working';
  if (/^pulling (?!manifest)/.test(status)) return 'pulling';
  return status.replace(/\s*(?:sha256:)?[0-9a-f]{12,64}\b.*$/i, '').trim() || 'working';
}
