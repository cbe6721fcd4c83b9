import { OWN_PREDICTION_LAYERS, calibratedBy, createLoadedModel, memoryBudget } from '@plimsoll/domain';
import type {
  CacheTypes,
  FootprintModel,
  MachineSpeed,
  MemoryBudget,
  PlanRequest,
  Prediction,
  SpeedCalibration,
} from '@plimsoll/domain';
import { DEVICE_CHOICES } from './device-choices.js';
import { revivedHeader } from './header-data.js';
import type { PlanPageData } from './plan-data.js';
import type { PlanState } from './plan-state.js';

/** A plan's questions prepared: everything that does not change with the controls is worked out once. */
export interface WhatIf {
  readonly footprints: FootprintModel;
  /** The machine that the state describes. */
  machine(state: PlanState): WhatIfMachine;
  /** What to ask the domain for that state. */
  request(state: PlanState): PlanRequest;
}

/** A machine that a plan is asked for. */
export interface WhatIfMachine {
  readonly budget: MemoryBudget;
  readonly speed: MachineSpeed;
  /** Memory of its devices as they are sold or found, bytes; 0 when there is none. */
  readonly deviceBytes: number;
  /** Whether it is the machine that the page was made on, so that what was measured there holds. */
  readonly isOwn: boolean;
}

/** Prepares the questions of a page. Errors as `createLoadedModel`. */
export function whatIf(data: PlanPageData): WhatIf {
  const { projector, draft } = data.companions;
  const companions = {
    projector: projector === null ? undefined : revivedHeader(projector),
    draft: draft === null ? undefined : draft === OWN_PREDICTION_LAYERS ? draft : revivedHeader(draft),
  };
  const recipes = new Map(data.recipes.map(({ name, tensors }) => [name, tensors]));
  const footprints = createLoadedModel(revivedHeader(data.header), companions, { recipes });
  const machine = (state: PlanState): WhatIfMachine =>
    withMemory(data, withRam(data, chosenMachine(data, state), state), state.memoryBytes);
  return { footprints, machine, request: (state) => requestFor(data, footprints, state, machine(state)) };
}

function requestFor(
  data: PlanPageData,
  footprints: FootprintModel,
  state: PlanState,
  { budget, speed, isOwn }: WhatIfMachine,
): PlanRequest {
  const { contextTokens, parallel, expertLayersOnHost, flashAttention, prefer } = state;
  const variants = new Map(data.variants);
  return {
    model: data.model,
    architecture: footprints.architecture,
    footprint: (level, shape) => footprints.footprint(level, shape),
    budget,
    machine: speed,
    levels: data.levels,
    cacheTypes: cacheTypesOf(data, state),
    contexts: [contextTokens],
    parallel: [parallel],
    gpuLayers: data.gpuLayers ?? undefined,
    expertLayersOnHost: expertLayersOnHost ?? undefined,
    microBatchTokens: data.microBatchTokens ?? undefined,
    flashAttention,
    goal: prefer,
    constraints: data.constraints,
    variantOf: (level) => variants.get(level) ?? { name: data.model.name, status: 'unknown' },
    recipeOf: (recipe) => data.recipes.find(({ name }) => name === recipe)?.measured ?? null,
    measuredQuality: (level, cache) =>
      data.learned.quality.find(
        (entry) =>
          entry.level === level &&
          entry.keyCacheType === cache.keyCacheType &&
          entry.valueCacheType === cache.valueCacheType,
      )?.quality ?? null,
    ...(isOwn ? learnedHere(data) : {}),
  };
}

/** What is tried where a page was made from one cache type: nearly all that is worth a thought. */
const USUAL_CACHES: readonly CacheTypes[] = [
  { keyCacheType: 'f16', valueCacheType: 'f16' },
  { keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
];

function cacheTypesOf(
  { cacheTypes }: PlanPageData,
  { keyCacheType, valueCacheType }: PlanState,
): readonly CacheTypes[] {
  if (keyCacheType !== 'best') return [{ keyCacheType, valueCacheType }];
  return cacheTypes.length > 1 ? cacheTypes : USUAL_CACHES;
}

/** What was measured on the page's own machine. */
function learnedHere({ learned }: PlanPageData): Pick<PlanRequest, 'measuredSpeed' | 'calibration' | 'correction'> {
  const unknown: Prediction = { value: null, source: 'unknown', relativeSpread: null, observations: 0 };
  const evidence: SpeedCalibration['evidence'] = ({ level, kind }) =>
    learned.calibration.find((entry) => entry.level === level && entry.kind === kind)?.evidence ?? null;
  const calibration: SpeedCalibration = {
    evidence,
    calibrate: (prior, subject) => calibratedBy(prior, evidence(subject)),
  };
  return {
    calibration,
    correction: learned.correction,
    measuredSpeed: ({ level, kvCache, gpuLayers }) =>
      learned.speed.find((entry) => entry.level === level && entry.kvCache === kvCache && entry.gpuLayers === gpuLayers)
        ?.speed ?? { decode: unknown, prefill: unknown },
  };
}

/** The machine with other RAM; a chip with one memory has that. */
function withRam(data: PlanPageData, machine: WhatIfMachine, { ramBytes, ramBandwidth }: PlanState): WhatIfMachine {
  const { budget, speed } = machine;
  if (budget.unified) return machine;
  const host = { ...speed.host, bandwidthBytesPerSecond: ramBandwidth, basis: 'data-sheet' as const };
  const faster = ramBandwidth === null ? machine : { ...machine, speed: { ...speed, host }, isOwn: false };
  if (ramBytes === null) return faster;
  const marginBytes = Math.ceil(ramBytes * data.marginFraction);
  const usableBytes = Math.max(0, ramBytes - marginBytes);
  const found = { totalBytes: ramBytes, freeBytes: ramBytes, usableBytes };
  const alone = budget.devices.length === 0 ? { usableBytes, marginBytes } : {};
  return { ...faster, budget: { ...budget, ...alone, host: found } };
}

function chosenMachine(data: PlanPageData, { device, cards }: PlanState): WhatIfMachine {
  const choice = DEVICE_CHOICES.find(({ id }) => id === device);
  if (choice === undefined) {
    const deviceBytes = data.budget.devices.reduce((sum, found) => sum + sizeOf(found), 0);
    return { budget: data.budget, speed: data.machine, deviceBytes, isOwn: true };
  }
  const { profile, memoryBytes } = choice;
  const { name, memory, kind, bandwidthBytesPerSecond, fp16Tflops } = profile;
  const processor = { bandwidthBytesPerSecond, fp16Tflops, kind };
  // A chip with one memory brings it along; a card is put into the machine at hand.
  const host = memory === 'unified' ? { totalBytes: memoryBytes, freeBytes: memoryBytes } : data.budget.host;
  const count = memory === 'unified' ? 1 : cards;
  const repeated = <Item>(item: Item): readonly Item[] => Array.from({ length: count }, () => item);
  const budget = memoryBudget({
    devices: repeated({ name, memory, totalBytes: memoryBytes, freeBytes: memoryBytes }),
    host,
    marginFraction: data.marginFraction,
    limitBytes: null,
  });
  const speed = { devices: repeated(processor), host: memory === 'unified' ? processor : data.machine.host };
  return { budget, speed, deviceBytes: memoryBytes * count, isOwn: false };
}

const sizeOf = (device: MemoryBudget['devices'][number]): number =>
  device.totalBytes ?? device.freeBytes ?? device.usableBytes;

/** The machine with other device memory: what is free and what may be used grow and shrink in proportion. */
function withMemory(data: PlanPageData, machine: WhatIfMachine, memoryBytes: number | null): WhatIfMachine {
  const { budget, deviceBytes } = machine;
  if (memoryBytes === null || memoryBytes === deviceBytes) return machine;
  const { marginFraction } = data;
  const { host } = budget;
  if (memoryBytes === 0) {
    return { ...machine, budget: memoryBudget({ devices: [], host, marginFraction, limitBytes: null }) };
  }
  if (deviceBytes === 0) {
    const device = { name: 'a device', memory: 'dedicated', totalBytes: memoryBytes, freeBytes: memoryBytes } as const;
    return { ...machine, budget: memoryBudget({ devices: [device], host, marginFraction, limitBytes: null }) };
  }
  return { ...machine, budget: scaled(budget, memoryBytes / deviceBytes) };
}

function scaled(budget: MemoryBudget, factor: number): MemoryBudget {
  const times = (bytes: number): number => Math.round(bytes * factor);
  const timesKnown = (bytes: number | null): number | null => (bytes === null ? null : times(bytes));
  const devices = budget.devices.map((device) => ({
    ...device,
    totalBytes: timesKnown(device.totalBytes),
    freeBytes: timesKnown(device.freeBytes),
    marginBytes: times(device.marginBytes),
    usableBytes: times(device.usableBytes),
  }));
  const { totalBytes, freeBytes, usableBytes } = budget.host;
  const host = {
    totalBytes: timesKnown(totalBytes),
    freeBytes: timesKnown(freeBytes),
    usableBytes: timesKnown(usableBytes),
  };
  return {
    devices,
    host: budget.unified ? host : budget.host,
    usableBytes: devices.reduce((sum, device) => sum + device.usableBytes, 0),
    marginBytes: devices.reduce((sum, device) => sum + device.marginBytes, 0),
    unified: budget.unified,
  };
}
