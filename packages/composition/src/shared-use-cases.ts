import { existsSync } from 'node:fs';
import { FindRegressions, GetStatistics, ManageSettings, ProposeForModels, ReadDevices } from '@plimsoll/application';
import { CONFIG_STORE, EVENT_BUS, GPU_PROBE, HOST_PROBE, MEASUREMENT_STORE } from '@plimsoll/di';
import type { MeasurementStore } from '@plimsoll/domain';
import { LazyMeasurementStore } from './lazy-measurement-store.js';
import { keptMemoryBandwidth, type MemoryBandwidth } from './memory-bandwidth.js';
import { once } from './once.js';
import type { Services } from './services.js';
import { WriteBehindStore } from './write-behind-store.js';

/** Use cases that need no backend. Each is made when it is first asked for. */
export interface SharedUseCases {
  readonly settings: () => Promise<ManageSettings>;
  readonly devices: () => Promise<ReadDevices>;
  /** Measured when it is first needed, and kept. */
  readonly memoryBandwidth: MemoryBandwidth;
  readonly statistics: () => Promise<GetStatistics>;
  /** Trends, and what got worse. */
  readonly regressions: () => Promise<FindRegressions>;
  /** Settings that measurements speak for. */
  readonly proposals: () => Promise<ProposeForModels>;
  /** The measurements themselves; opened when they are first needed. */
  readonly store: MeasurementStore;
  /** Where they are kept; null for a store that is given. */
  readonly storeFile: string | null;
}

/** Where shared use cases keep things. */
export interface SharedPlaces {
  /** Where measurements are: as long as there is none, questions open no database; null for a store that is given. */
  readonly storeFile: string | null;
  readonly cacheFolder: string | undefined;
  /** Is told why records could not be kept that are written together; null where each is written at once. */
  readonly onLostRecords: ((error: unknown) => void) | null;
  /** Whether the host is a real one, whose memory can be measured. */
  readonly isRealHost: boolean;
}

/** Puts together what needs no backend. */
export function sharedUseCases(
  services: Services,
  { storeFile, cacheFolder, onLostRecords, isRealHost }: SharedPlaces,
): SharedUseCases {
  const kept = new LazyMeasurementStore(
    () => services.get(MEASUREMENT_STORE),
    () => storeFile === null || existsSync(storeFile),
  );
  const store = onLostRecords === null ? kept : new WriteBehindStore(kept, onLostRecords);
  const settings = once(
    async () => new ManageSettings(await services.get(CONFIG_STORE), await services.get(EVENT_BUS)),
  );
  return {
    settings,
    devices: once(async () => new ReadDevices(await services.get(GPU_PROBE), await services.get(HOST_PROBE))),
    memoryBandwidth: keptMemoryBandwidth(cacheFolder, async () =>
      isRealHost ? (await import('@plimsoll/adapter-gpu')).measureMemoryBandwidth() : null,
    ),
    statistics: once(async () => new GetStatistics(store)),
    regressions: once(async () => new FindRegressions(store, await services.get(CONFIG_STORE))),
    proposals: once(async () => new ProposeForModels(store, await settings())),
    store,
    storeFile,
  };
}
