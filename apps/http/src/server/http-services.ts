import type {
  ChooseVariant,
  GenerateText,
  GetStatistics,
  InspectModel,
  ListModels,
  ManageSettings,
  PlanModel,
  QuantizeModel,
  ReadDevices,
} from '@plimsoll/application';
import type { ModelRuntime } from '@plimsoll/domain';

/** The use cases that need a backend, held until they are released. */
export interface BackendLease {
  readonly models: ListModels;
  readonly generation: GenerateText;
  readonly planning: PlanModel;
  readonly choose: ChooseVariant;
  readonly inspect: InspectModel;
  readonly quantization: QuantizeModel;
  readonly runtime: ModelRuntime;
  /** Gives them back; a backend that the settings no longer name is closed after its last lease. */
  release(): void;
}

/** What the routes work with. The composition root makes it; tests make their own. */
export interface HttpServices {
  readonly settings: ManageSettings;
  readonly devices: ReadDevices;
  readonly statistics: GetStatistics;
  /** The backend that the settings name now. */
  backend(): Promise<BackendLease>;
  close(): Promise<void>;
}
