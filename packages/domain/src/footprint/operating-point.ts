import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { Quantization } from '../quantization/quantization.js';

/** Whether flash attention is used; `auto` lets the engine decide, which it does when the device supports it. */
export type FlashAttention = 'on' | 'off' | 'auto';

/** Where the layers go. */
export interface Placement {
  /**
   * Layers on devices, counted from the last: repeating layers plus one for the output layer,
   * so `layers + 1` is everything and 0 leaves all on the host.
   */
  readonly gpuLayers: number;
  /**
   * Share of the offloaded layers per device; one entry per device, summing to 1. Empty means no device; one whose share
   * is 0 is kept out of the engine's sight.
   */
  readonly split: readonly number[];
  /**
   * Layers, counted from the first, whose experts' matrices stay on the host although the layers are on devices:
   * llama.cpp's `--n-cpu-moe`. 0 keeps every layer together; the number of layers or more is `--cpu-moe`.
   */
  readonly expertLayersOnHost: number;
}

/** Everything about a run, beside the weights, that decides how many bytes it takes. */
export interface RunShape {
  /** Context length in tokens, per sequence. */
  readonly contextTokens: number;
  /** Sequences served at once. The engine's total context is `contextTokens * parallel`. */
  readonly parallel: number;
  /** Tokens per physical batch; llama.cpp's default is 512. */
  readonly microBatchTokens: number;
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
  readonly flashAttention: FlashAttention;
  readonly placement: Placement;
}

/** The same fields, each of which may be left out. */
type Optional<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

/** A shape of which only some fields are chosen, or known: what is absent is the backend's choice, or not known. */
export interface PartialShape extends Optional<Omit<RunShape, 'placement'>> {
  readonly placement?: Optional<Placement> | undefined;
}

/** A quantization and the shape it runs in: what a plan recommends, a runtime loads and a measurement is about. */
export interface OperatingPoint extends RunShape {
  readonly quantization: Quantization;
}
