import type { KvCacheType } from '../../quantization/kv-cache-type.js';
import type { Level } from '../../quantization/level.js';
import { quantizationNamed } from '../../quantization/quantization.js';
import type { GovernedModel } from '../governed-model.js';
import type { GovernorInput } from '../governor-state.js';
import type { HeatReading } from '../heat.js';
import type { Rung } from '../ladder.js';
import type { MemoryReading } from '../memory-ledger.js';

/** Bytes of a GiB. */
export const GIB: number = 1024 ** 3;

/** What a rung of a test differs by. */
export interface RungFacts {
  readonly level: Level;
  readonly gib: number;
  readonly loss: number;
  readonly speed?: number;
  readonly parallel?: number;
  readonly context?: number;
  readonly cache?: KvCacheType;
  readonly powerW?: number | null;
  readonly hostGib?: number;
}

/** A rung on the device `gpu`. */
export function rung({ level, gib, loss, speed = 40, parallel = 1, context = 8192, ...rest }: RungFacts): Rung {
  const { cache = 'f16', powerW = null, hostGib = 0 } = rest;
  return {
    point: {
      quantization: quantizationNamed(level),
      contextTokens: context,
      parallel,
      microBatchTokens: 512,
      keyCacheType: cache,
      valueCacheType: cache,
      flashAttention: 'auto',
      placement: { gpuLayers: 33, split: [1], expertLayersOnHost: hostGib > 0 ? 32 : 0 },
    },
    bytes: { gpu: gib * GIB, host: hostGib * GIB },
    decodeTokensPerSecond: speed,
    loss,
    powerW,
  };
}

/** An 8B model on a card of 24 GiB. */
export const LADDER: readonly Rung[] = [
  rung({ level: 'Q8_0', gib: 10, loss: 0.0014, parallel: 4, speed: 50 }),
  rung({ level: 'Q8_0', gib: 9, loss: 0.0014, parallel: 1, speed: 50 }),
  rung({ level: 'Q4_K_M', gib: 6, loss: 0.031, parallel: 1, speed: 72 }),
  rung({ level: 'Q2_K', gib: 4, loss: 0.44, parallel: 1, speed: 90 }),
];

/** A loaded, idle model at the top of its ladder. */
export function model(name: string, facts: Partial<GovernedModel> = {}): GovernedModel {
  return {
    name,
    ladder: LADDER,
    rung: 0,
    loaded: true,
    pin: 'none',
    changing: false,
    activeRequests: 0,
    concurrencyLimit: null,
    idleCache: {},
    reported: null,
    lastUsedMs: 0,
    reloadMs: 5000,
    ...facts,
  };
}

/** A reading of the card: 24 GiB of which so many are used. */
export function gpu(atMs: number, usedGib: number | null, totalGib = 24): MemoryReading {
  return {
    domain: 'gpu',
    atMs,
    totalBytes: totalGib * GIB,
    usedBytes: usedGib === null ? null : usedGib * GIB,
  };
}

/** A reading of the card's heat. */
export function heat(atMs: number, facts: Partial<HeatReading> = {}): HeatReading {
  return { device: 'gpu', atMs, throttling: false, marginC: 20, powerW: 200, ...facts };
}

/** A look at the machine. */
export function look(
  nowMs: number,
  usedGib: number | null,
  models: readonly GovernedModel[],
  rest: Partial<GovernorInput> = {},
): GovernorInput {
  return { nowMs, memory: [gpu(nowMs, usedGib)], heat: [], models, ...rest };
}
