import type { CacheCells } from './cache-table.js';
import type { HybridAttention, HybridGraph, NarrowsAt } from './hybrid-graph.js';
import { ScratchMemory } from './scratch-memory.js';
import type { ScratchBlock } from './scratch-memory.js';

/** What a batch is laid out for. */
export interface HybridBatch {
  readonly cells: CacheCells;
  readonly flash: boolean;
  /** Tokens with logits. */
  readonly rows: number;
  /** Whether a device computes, which the host hands the embeddings of the tokens to. */
  readonly onDevice: boolean;
}

/**
 * Bytes of scratch memory that a hybrid takes where all of its layers are computed in one place: its graph is walked as
 * the engine walks it, for what lies where decides whether freed memory has room for what comes next, and no formula
 * tells that. Exact on the processor; devices that change the order of operations (Vulkan) differ by a few per cent.
 * Sources: llama.cpp v0.5.0 `src/llama-graph.cpp`, `src/models/mamba-base.cpp` and the model's own file there.
 */
export function hybridScratchBytes(graph: HybridGraph, batch: HybridBatch): number {
  return new HybridWalk(graph, batch).walk();
}

/** Inputs of the graph; they lie first, each until it was last read. */
interface Inputs {
  readonly tokens: ScratchBlock;
  readonly positions: ScratchBlock;
  readonly keyPlaces: ScratchBlock;
  readonly valuePlaces: ScratchBlock;
  readonly mask: ScratchBlock;
  /** What turns queries, keys and values before they are quantized. */
  readonly rotation: ScratchBlock;
  readonly states: ScratchBlock;
  readonly outputs: ScratchBlock;
}

class HybridWalk {
  readonly #graph: HybridGraph;
  readonly #batch: HybridBatch;
  readonly #memory = new ScratchMemory();
  readonly #inputs: Inputs;
  /** Input of a layer, which is added to its result. */
  #residual: ScratchBlock;
  /** What is computed only when something that is asked for depends on it. */
  #later: (() => void)[] = [];

  constructor(graph: HybridGraph, batch: HybridBatch) {
    const { batchTokens, sequences } = batch.cells;
    this.#graph = graph;
    // Every sequence has as many tokens of the batch.
    this.#batch = { ...batch, cells: { ...batch.cells, batchTokens: Math.ceil(batchTokens / sequences) * sequences } };
    this.#inputs = this.#takeInputs();
    this.#residual = this.#values(graph.width);
    this.#memory.give(this.#inputs.tokens);
  }

  walk(): number {
    const { layers, narrowsAt, vocabulary } = this.#graph;
    const last = {
      layer: layers.length - 1,
      attention: layers.findLastIndex(({ attention }) => attention !== null),
      mixer: layers.findLastIndex(({ mixes }) => mixes),
    };
    layers.forEach(({ attention, mixes, feedForward }, index) => {
      const attended = attention === null ? null : this.#attention(attention, index === last.attention);
      const mixed = mixes ? this.#stateSpace(index === last.mixer) : null;
      const narrowed = index === last.layer ? narrowsAt : null;
      this.#later.push(() => {
        const sum = attended?.() ?? mixed?.();
        if (attended !== null && mixed !== null) this.#give(mixed());
        if (sum !== undefined) this.#add(sum, narrowed);
        if (feedForward > 0) this.#network(feedForward, narrowed === null || narrowed === 'end');
      });
    });
    this.#catchUp();
    if (narrowsAt === 'end') this.#narrow(this.#residual, this.#inputs.outputs);
    this.#memory.take(4 * vocabulary * this.#batch.rows);
    return this.#memory.usedBytes;
  }

  #takeInputs(): Inputs {
    const { width, rotates, layers } = this.#graph;
    const { cells, flash, rows, onDevice } = this.#batch;
    const { batchTokens, full, sequences, rotation } = cells;
    const keys = Math.max(0, ...layers.map(({ attention }) => attention?.keys ?? 0));
    const take = (bytes: number): ScratchBlock => this.#memory.take(bytes);
    const tokens = take(onDevice ? 0 : 4 * batchTokens);
    // Vectors may stand in place of tokens: there is room for them, which nothing reads and nothing gives back.
    if (!onDevice) this.#values(width);
    return {
      tokens,
      positions: take(rotates ? 4 * batchTokens : 0),
      keyPlaces: take(8 * batchTokens),
      valuePlaces: take(8 * batchTokens * (flash ? 1 : keys)),
      mask: take((flash ? 2 : 4) * full * batchTokens),
      rotation: take(4 * rotation),
      states: take(4 * sequences),
      outputs: take(4 * rows),
    };
  }

  /** Attends, and gives what projects the result. */
  #attention({ heads, query, keys }: HybridAttention, isLast: boolean): () => ScratchBlock {
    this.#catchUp();
    const { width, rotates } = this.#graph;
    const { cells, flash } = this.#batch;
    const { keyPlaces, valuePlaces, positions, mask, rotation } = this.#inputs;
    const turned = cells.rotation > 0;
    const norm = this.#values(width);
    let queries = this.#values(query);
    if (rotates) queries = this.#replace(queries, query);
    if (turned) queries = this.#replace(queries, query);
    let values = this.#values(keys);
    if (turned) values = this.#replace(values, keys);
    let keyRow = this.#values(keys);
    this.#give(norm);
    if (rotates) keyRow = this.#replace(keyRow, keys);
    if (turned) keyRow = this.#replace(keyRow, keys);
    this.#give(keyRow, ...(isLast ? [keyPlaces] : []), values, ...(isLast ? [valuePlaces, positions] : []));
    let result = this.#values(flash ? query : cells.full * heads);
    this.#give(queries, ...(isLast ? [mask] : []));
    // Without flash attention these were the scores, which weight the values; those are then put in order.
    if (!flash) result = this.#replace(this.#replace(result, query), query);
    return () => {
      if (turned) result = this.#replace(result, query);
      if (isLast) this.#give(rotation);
      return this.#replace(result, width);
    };
  }

  /** Convolves and scans, and gives what gates, norms and projects the result. */
  #stateSpace(isLast: boolean): () => ScratchBlock {
    const { width, projected, convolved, inner, timeSteps, convolutionState, state, norms } = this.#graph;
    const { sequences } = this.#batch.cells;
    const convolutionStates = this.#memory.take(4 * convolutionState * sequences);
    this.#catchUp();
    const input = this.#replace(this.#values(width), projected);
    const window = this.#values(convolved, convolutionState);
    this.#give(convolutionStates);
    const row = this.#replace(window, convolved);
    const steps = this.#values(timeSteps);
    const scanned = this.#values(inner, state);
    this.#give(steps, ...(isLast ? [this.#inputs.states] : []));
    return () => {
      const gate = this.#replace(input, inner);
      const skipped = this.#values(inner);
      this.#give(row, scanned);
      let result = this.#values(inner);
      this.#give(gate, skipped);
      if (norms) result = this.#replace(result, inner);
      return this.#replace(result, width);
    };
  }

  /** Adds what the mixers made to the layer's input, in its own place. */
  #add(sum: ScratchBlock, narrowed: NarrowsAt | null): void {
    const mixed = narrowed === 'mixers' ? this.#narrow(sum) : sum;
    if (narrowed === 'mixers') this.#residual = this.#narrow(this.#residual);
    this.#give(this.#residual);
    this.#residual = narrowed === 'sum' ? this.#narrow(mixed) : mixed;
    if (narrowed === 'mixers' || narrowed === 'sum') this.#give(this.#inputs.outputs);
  }

  #network(feedForward: number, isWhole: boolean): void {
    const { width, gated } = this.#graph;
    const tokens = isWhole ? this.#batch.cells.batchTokens : this.#batch.rows;
    const take = (values: number): ScratchBlock => this.#memory.take(4 * values * tokens);
    const norm = take(width);
    const first = take(feedForward);
    const second = gated ? take(feedForward) : null;
    this.#give(norm);
    let activated = first;
    if (second !== null) {
      activated = take(feedForward);
      this.#give(first, second);
    }
    const result = take(width);
    this.#give(activated, this.#residual);
    this.#residual = result;
  }

  #catchUp(): void {
    const waiting = this.#later;
    this.#later = [];
    for (const compute of waiting) compute();
  }

  #values(perToken: number, perSequence = 0): ScratchBlock {
    const { batchTokens, sequences } = this.#batch.cells;
    return this.#memory.take(4 * (perToken * batchTokens + perSequence * sequences));
  }

  #give(...blocks: readonly ScratchBlock[]): void {
    for (const block of blocks) this.#memory.give(block);
  }

  /** What is computed from a block alone, which is given back then. */
  #replace(block: ScratchBlock, perToken: number): ScratchBlock {
    const result = this.#values(perToken);
    this.#give(block);
    return result;
  }

  /** The rows of a block that have logits; it is given back, and what else is not needed any more. */
  #narrow(block: ScratchBlock, ...unneeded: readonly ScratchBlock[]): ScratchBlock {
    const result = this.#memory.take(4 * this.#graph.width * this.#batch.rows);
    this.#give(...unneeded, block);
    return result;
  }
}
