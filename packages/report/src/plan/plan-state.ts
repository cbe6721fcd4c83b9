import { KV_CACHE_TYPES } from '@plimsoll/domain';
import type { FlashAttention, KvCacheType, PlanGoal } from '@plimsoll/domain';

/** What the reader of a plan page has set. */
export interface PlanState {
  /** A choice of `deviceChoices`, or null for the machine that the page was made on. */
  readonly device: string | null;
  /** Device memory to plan with, in bytes, or null for what the device has. */
  readonly memoryBytes: number | null;
  readonly contextTokens: number;
  readonly keyCacheType: KvCacheType;
  readonly valueCacheType: KvCacheType;
  readonly parallel: number;
  readonly flashAttention: FlashAttention;
  readonly goal: PlanGoal;
}

/** Values of the controls that are lists. */
export const FLASH_ATTENTION_MODES: readonly FlashAttention[] = ['auto', 'on', 'off'];
export const GOALS: readonly PlanGoal[] = ['quality', 'balanced', 'speed'];

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
    contextTokens: whole(read('contextTokens'), 1, 2 ** 30) ?? start.contextTokens,
    keyCacheType: among('keyCacheType', KV_CACHE_TYPES, start.keyCacheType),
    valueCacheType: among('valueCacheType', KV_CACHE_TYPES, start.valueCacheType),
    parallel: whole(read('parallel'), 1, MOST_SEQUENCES) ?? start.parallel,
    flashAttention: among('flashAttention', FLASH_ATTENTION_MODES, start.flashAttention),
    goal: among('goal', GOALS, start.goal),
  };
}

const PARAMETERS: Readonly<Record<keyof PlanState, string>> = {
  device: 'device',
  memoryBytes: 'memory',
  contextTokens: 'context',
  keyCacheType: 'keys',
  valueCacheType: 'values',
  parallel: 'parallel',
  flashAttention: 'flash',
  goal: 'goal',
};

const NAMES = Object.entries(PARAMETERS).map(([key, name]) => [name, key as keyof PlanState] as const);

function whole(text: string, least: number, most: number): number | null {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}
