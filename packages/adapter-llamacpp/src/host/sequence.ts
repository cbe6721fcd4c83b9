import type { Engine } from '../native/engine.js';
import type { Pointer } from '../native/structs.js';
import type { Answer } from './answer.js';

/** One of the sequences of a context: the tokens whose keys and values it holds, and the answer that it works on. */
export class Sequence {
  readonly id: number;
  /** Tokens in the context's memory, in order. */
  readonly held: number[] = [];
  answer: Answer | null = null;
  lastUsed = 0;
  readonly #engine: Engine;
  readonly #memory: Pointer;

  constructor(engine: Engine, context: Pointer, id: number) {
    this.#engine = engine;
    this.#memory = engine.llama.memory(context);
    this.id = id;
  }

  /** How many tokens of a prompt it holds at its beginning. The last one is computed again: its logits are needed. */
  commonWith(prompt: Int32Array): number {
    const most = Math.min(this.held.length, prompt.length - 1);
    let common = 0;
    while (common < most && this.held[common] === prompt[common]) common++;
    return common;
  }

  /**
   * Keeps the first `tokens` and forgets the rest; returns how many could be kept. A sliding window has dropped what
   * came before and a recurrent state cannot be wound back: they keep all or nothing.
   */
  keep(tokens: number): number {
    if (tokens === this.held.length) return tokens;
    const { llama } = this.#engine;
    if (tokens > 0 && llama.memoryRemove(this.#memory, this.id, tokens, -1)) {
      this.held.length = tokens;
      return tokens;
    }
    this.clear();
    return 0;
  }

  /** Takes back what a step that was cut off may have left behind the tokens that are held; false when it lost them. */
  rewind(): boolean {
    const held = this.held.length;
    if (held > 0 && this.#engine.llama.memoryRemove(this.#memory, this.id, held, -1)) return true;
    this.clear();
    return held === 0;
  }

  clear(): void {
    if (this.#memory !== null) this.#engine.llama.memoryRemove(this.#memory, this.id, -1, -1);
    this.held.length = 0;
  }
}

/** A prompt continues a sequence that holds at least this share of it: llama-server's `--slot-prompt-similarity`. */
const LEAST_SHARE = 0.1;

/**
 * The free sequence for a prompt: the one that holds most of it, else one that holds nothing, else the one that was
 * used longest ago. Null when all are busy.
 */
export function chooseSequence<S extends Pick<Sequence, 'answer' | 'held' | 'lastUsed' | 'commonWith'>>(
  sequences: readonly S[],
  prompt: Int32Array,
  reuse: boolean,
): S | null {
  const free = sequences.filter(({ answer }) => answer === null);
  if (reuse) {
    const scored = free.map((sequence) => ({ sequence, common: sequence.commonWith(prompt) }));
    const [best] = scored.sort((a, b) => b.common - a.common);
    if (best !== undefined && best.common > 0 && best.common >= LEAST_SHARE * prompt.length) return best.sequence;
  }
  return free.find(({ held }) => held.length === 0) ?? free.sort((a, b) => a.lastUsed - b.lastUsed)[0] ?? null;
}
