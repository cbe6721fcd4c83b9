import type {
  BackgroundBuilds,
  ChooseVariant,
  CompareLevels,
  Diagnose,
  FindRegressions,
  GenerateText,
  GetStatistics,
  InspectModel,
  ListModels,
  ManageSettings,
  PlaceRequests,
  PlanModel,
  QuantizeModel,
  ReadDevices,
} from '@plimsoll/application';
import type { BackendUseCases, Governor, Plimsoll } from '@plimsoll/composition';
import { EVENT_BUS } from '@plimsoll/di';
import type { EventBus, ModelRuntime } from '@plimsoll/domain';

/** The use cases that need a backend, held until they are released. */
export interface BackendLease {
  readonly models: ListModels;
  readonly generation: GenerateText;
  readonly planning: PlanModel;
  readonly choose: ChooseVariant;
  /** Variants that are being made while others answer. */
  readonly builds: Pick<BackgroundBuilds, 'list'>;
  /** Holds a variant for a request, where memory is governed. */
  readonly places: PlaceRequests;
  /** Null where memory is not governed. */
  readonly governor: Governor | null;
  readonly inspect: InspectModel;
  readonly quantization: QuantizeModel;
  /** Compares levels of a model. */
  readonly comparison: (model: string) => Promise<CompareLevels>;
  readonly diagnosis: () => Promise<Diagnose>;
  readonly runtime: ModelRuntime;
  /** Gives them back; a backend that the settings no longer name is closed after its last lease. */
  release(): void;
}

/** What the routes work with. `httpServices` makes it; tests make their own. */
export interface HttpServices {
  readonly settings: ManageSettings;
  readonly devices: ReadDevices;
  readonly statistics: GetStatistics;
  readonly regressions: FindRegressions;
  /** What happens inside. */
  readonly events: EventBus;
  /** The backend that the settings name now. */
  backend(): Promise<BackendLease>;
  close(): Promise<void>;
}

/** The services over an open Plimsoll, which is closed with them. */
export async function httpServices({ shared, get, lease, close }: Plimsoll): Promise<HttpServices> {
  // Asked for with every request, and the same until the settings name another backend.
  const opened = new WeakMap<BackendUseCases, Promise<OpenedBackend>>();
  return {
    settings: await shared.settings(),
    devices: await shared.devices(),
    statistics: await shared.statistics(),
    regressions: await shared.regressions(),
    events: await get(EVENT_BUS),
    async backend() {
      const { value: use, release } = await lease();
      try {
        let opening = opened.get(use);
        if (opening === undefined) {
          opening = openBackend(use);
          opened.set(use, opening);
        }
        return { ...(await opening), release };
      } catch (error) {
        // What failed is tried again.
        opened.delete(use);
        release();
        throw error;
      }
    },
    close,
  };
}

type OpenedBackend = Omit<BackendLease, 'release'>;

async function openBackend(use: BackendUseCases): Promise<OpenedBackend> {
  return {
    models: await use.models(),
    generation: await use.generation(),
    planning: await use.planning(),
    choose: await use.choose(),
    builds: await use.builds(),
    places: await use.places(),
    governor: await use.governor(),
    inspect: await use.inspect(),
    quantization: await use.quantization(),
    comparison: (model) => use.comparison({ model }),
    diagnosis: () => use.diagnosis(),
    runtime: await use.runtime(),
  };
}
