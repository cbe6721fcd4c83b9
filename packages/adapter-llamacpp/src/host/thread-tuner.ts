/** A choice that becomes this much slower than it was, so many steps in a row, is made again. */
const SLOWER = 1.6;
const SLOW_STEPS = 4;
/** A candidate this much slower than the best so far is dropped after one step. */
const HOPELESS = 4;
/**
 * The machine may have become quieter, and a first choice is often made while the program is still starting: the
 * choice is made again after so many times the steps of a trial, then after twice as many, up to the longest wait …
 */
const FIRST_RETRY_TRIALS = 8;
const LONGEST_WAIT_STEPS = 384;
/** … but not before what the last trials cost is so small a share of the time since: on a busy machine they cost much. */
const TRIAL_SHARE = 0.2;

/**
 * Finds the number of threads that computes fastest, by trying. The engine's threads spin while they wait for
 * each other: with one thread per core it is fastest on an idle machine, and many times slower as soon as
 * something else wants a core. So the choice is watched, and made again when it has become bad.
 */
export class ThreadTuner {
  readonly #candidates: readonly number[];
  readonly #trialSteps: number;
  #trial = 0;
  #steps: number[] = [];
  #best: { readonly threads: number; readonly ms: number } | null = null;
  #settled: boolean;
  readonly #onlyWhenSlow: boolean;
  /** What trying took longer than the best choice would have, milliseconds. */
  #costMs = 0;
  #sinceSettled = { steps: 0, ms: 0 };
  #waitSteps: number;
  #slow = 0;

  /**
   * @param candidates thread counts in the order of trying; one alone is simply kept.
   * @param trialSteps steps that count in each trial; one more, which pays for the change, does not.
   * @param start `settled`: the first candidate is taken for the best, and others are tried when it becomes slow.
   */
  constructor(candidates: readonly number[], trialSteps: number, start: 'trying' | 'settled' = 'trying') {
    this.#candidates = [...new Set(candidates)];
    this.#trialSteps = trialSteps;
    this.#waitSteps = FIRST_RETRY_TRIALS * trialSteps;
    this.#settled = this.#candidates.length === 1 || start === 'settled';
    this.#onlyWhenSlow = start === 'settled';
    if (start === 'settled') this.#best = { threads: this.#candidates[0] ?? 1, ms: Infinity };
  }

  /** Threads for the next step. */
  get threads(): number {
    const trial = this.#candidates[this.#trial] ?? 1;
    return this.#settled ? (this.#best?.threads ?? trial) : trial;
  }

  /** Takes the time of the step that `threads` was used for: milliseconds for the same amount of work each. */
  record(ms: number): void {
    if (this.#candidates.length === 1) return;
    if (this.#settled) this.#watch(ms);
    else this.#try(ms);
  }

  #try(ms: number): void {
    this.#steps.push(ms);
    const best = this.#best;
    const counted = this.#steps.slice(1);
    const hopeless = best !== null && this.#steps.some((step, i) => step > (i === 0 ? 2 : 1) * HOPELESS * best.ms);
    if (counted.length < this.#trialSteps && !hopeless) return;
    const typical = median(counted.length > 0 ? counted : this.#steps);
    const slower = Math.max(typical, best?.ms ?? typical);
    const faster = Math.min(typical, best?.ms ?? typical);
    if (best === null || typical < best.ms) this.#best = { threads: this.threads, ms: typical };
    // Whoever lost made its steps in vain: this candidate its own, or the best so far those of its trial.
    const vain = typical === slower ? this.#steps : this.#steps.map(() => slower);
    this.#costMs += vain.reduce((sum, step) => sum + Math.max(0, step - faster), 0);
    this.#steps = [];
    this.#trial++;
    this.#settled = this.#trial >= this.#candidates.length;
    this.#sinceSettled = { steps: 0, ms: 0 };
    this.#slow = 0;
  }

  #watch(ms: number): void {
    const since = this.#sinceSettled;
    // Nothing was tried yet: the best so far is the measure.
    if (this.#onlyWhenSlow && this.#best !== null && ms < this.#best.ms) this.#best = { ...this.#best, ms };
    since.steps++;
    since.ms += ms;
    this.#slow = ms > SLOWER * (this.#best?.ms ?? Infinity) ? this.#slow + 1 : 0;
    const due = !this.#onlyWhenSlow && since.steps >= this.#waitSteps && this.#costMs <= TRIAL_SHARE * since.ms;
    if (this.#slow < SLOW_STEPS && !due) return;
    this.#waitSteps = Math.min(2 * this.#waitSteps, LONGEST_WAIT_STEPS);
    this.#best = null;
    this.#trial = 0;
    this.#costMs = 0;
    this.#settled = false;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Infinity;
}
