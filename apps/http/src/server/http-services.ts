import type {
  GenerateText,
  GetStatistics,
  ListModels,
  ManageSettings,
  PlanModel,
  ReadDevices,
} from '@plimsoll/application';

/** The use cases that need a backend, held until they are released. */
export interface BackendLease {
  readonly models: ListModels;
  readonly generation: GenerateText;
  readonly planning: PlanModel;
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
