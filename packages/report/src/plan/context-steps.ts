/** Where a model does not say how far it was trained. */
const USUAL_LIMIT = 131_072;

/**
 * Context lengths for a slider: two per doubling from 256 up to the trained length, which is the last one, with those
 * of `also` among them. Ascending, without repetition.
 */
export function contextSteps(trained: number | null, also: readonly number[] = []): readonly number[] {
  const limit = trained ?? USUAL_LIMIT;
  const steps = new Set([limit, ...also]);
  for (let tokens = 256; tokens < limit; tokens *= 2) {
    steps.add(tokens);
    if (tokens * 1.5 < limit) steps.add(tokens * 1.5);
  }
  return [...steps].sort((a, b) => a - b);
}

/** Position of the step nearest to `tokens` on the logarithmic scale. */
export function nearestStep(steps: readonly number[], tokens: number): number {
  let best = 0;
  const distance = (step: number | undefined): number => Math.abs(Math.log((step ?? 1) / tokens));
  for (const [index, step] of steps.entries()) if (distance(step) < distance(steps[best])) best = index;
  return best;
}
