import { KV_CACHE_TYPES } from '@plimsoll/domain';
import type { FlashAttention, KvCacheType, PlanGoal } from '@plimsoll/domain';

/** What the reader of a plan page has set. */
export interface PlanState {
  /** A choice of `deviceChoices`, or null for the machine that the page was made on. */
  readonly device: string | null;
  /** Device memory to plan with, in bytes, or null for what the device has. */
  readonly memoryBytes: number | null;
  /** Cards of that device; 1 for a chip with one memory, and for the machine that the page was made on. */
  readonly cards: number;
  /** RAM in bytes, or null for that of the machine that the page was made for. */
  readonly ramBytes: number | null;
  /** Its bandwidth in bytes per second, or null likewise. */
  readonly ramBandwidth: number | null;
  readonly contextTokens: number;
  /** `best`: the plan chooses keys and values. */
  readonly keyCacheType: KvCacheType | 'best';
  /** Of no matter where the plan chooses. */
  readonly valueCacheType: KvCacheType;
  readonly parallel: number;
  /** Layers whose experts stay in RAM, or null for as few as needed. */
  readonly expertLayersOnHost: number | null;
  readonly flashAttention: FlashAttention;
  readonly prefer: PlanGoal;
}

/** Values of the controls that are lists. */
export const FLASH_ATTENTION_MODES: readonly FlashAttention[] = ['auto', 'on', 'off'];
export const KEY_CACHE_CHOICES: readonly (KvCacheType | 'best')[] = ['best', ...KV_CACHE_TYPES];
export const GOALS: readonly PlanGoal[] = ['quality', 'balanced', 'speed'];

/** Cards that can be chosen. */
export const MOST_CARDS = 8;

/** More layers than any model has. */
const MOST_LAYERS = 4096;

/** More sequences than this are no matter for one machine. */
const MOST_SEQUENCES = 256;

/** What of the state differs from the start, as a URL fragment without `#`; empty at the start itself. */
export function stateToHash(state: PlanState, start: PlanState): string {
  const parameters = new URLSearchParams();
  for (const [name, key] of NAMES) {
    const value = state[key];
    if (value !== start[key] && value !== null) parameters.set(name, String(value));
  }
  return parameters.toString();
}

/** The state behind a URL fragment. What it lacks, or what no control could have written, stays as at the start. */
export function stateFromHash(hash: string, start: PlanState, devices: readonly string[]): PlanState {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const read = (key: keyof PlanState): string => parameters.get(PARAMETERS[key]) ?? '';
  const among = <Value extends string>(key: keyof PlanState, values: readonly Value[], fallback: Value): Value =>
    values.find((value) => value === read(key)) ?? fallback;
  return {
    device: devices.find((id) => id === read('device')) ?? start.device,
    memoryBytes: whole(read('memoryBytes'), 0, Number.MAX_SAFE_INTEGER) ?? start.memoryBytes,
    cards: whole(read('cards'), 1, MOST_CARDS) ?? start.cards,
    ramBytes: whole(read('ramBytes'), 0, Number.MAX_SAFE_INTEGER) ?? start.ramBytes,
    ramBandwidth: whole(read('ramBandwidth'), 1, 1e14) ?? start.ramBandwidth,
    contextTokens: whole(read('contextTokens'), 1, 2 ** 30) ?? start.contextTokens,
    keyCacheType: among('keyCacheType', KEY_CACHE_CHOICES, start.keyCacheType),
    valueCacheType: among('valueCacheType', KV_CACHE_TYPES, start.valueCacheType),
    expertLayersOnHost: whole(read('expertLayersOnHost'), 0, MOST_LAYERS) ?? start.expertLayersOnHost,
    parallel: whole(read('parallel'), 1, MOST_SEQUENCES) ?? start.parallel,
    flashAttention: among('flashAttention', FLASH_ATTENTION_MODES, start.flashAttention),
    prefer: among('prefer', GOALS, start.prefer),
  };
}

const PARAMETERS: Readonly<Record<keyof PlanState, string>> = {
  device: 'device',
  memoryBytes: 'memory',
  cards: 'cards',
  ramBytes: 'ram',
  ramBandwidth: 'bandwidth',
  contextTokens: 'context',
  keyCacheType: 'keys',
  valueCacheType: 'values',
  parallel: 'parallel',
  expertLayersOnHost: 'experts',
  flashAttention: 'flash',
  prefer: 'prefer',
};

const NAMES = Object.entries(PARAMETERS).map(([key, name]) => [name, key as keyof PlanState] as const);

function whole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}
