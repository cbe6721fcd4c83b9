import { Diagnose, checkResidentModels } from '@plimsoll/application';
import type { ChooseVariant, InspectModel, MeasurementRecorder } from '@plimsoll/application';
import { CONFIG_STORE, type BackendDescriptor } from '@plimsoll/di';
import type { CallOptions, ModelRuntime } from '@plimsoll/domain';
import { checkFolders } from './check-folders.js';
import { engineFindings } from './engine-builds.js';
import type { Services } from './services.js';
import type { SharedUseCases } from './shared-use-cases.js';

/** What looking for faults is made of. */
export interface BackendDiagnosisOptions {
  readonly services: Services;
  readonly shared: SharedUseCases;
  readonly backend: BackendDescriptor;
  readonly runtime: () => Promise<ModelRuntime>;
  readonly inspect: () => Promise<InspectModel>;
  readonly recorder: () => Promise<MeasurementRecorder>;
  readonly choose: () => Promise<ChooseVariant>;
}

/** Looks for what is wrong with settings, folders, devices, the backend and what was measured. */
export async function backendDiagnosis({
  services,
  shared,
  backend,
  runtime,
  inspect,
  recorder,
  choose,
}: BackendDiagnosisOptions): Promise<Diagnose> {
  const [config, regressions] = [await services.get(CONFIG_STORE), await shared.regressions()];
  const resident = {
    runtime: await runtime(),
    inspect: await inspect(),
    recorder: await recorder(),
    settings: async () => (await config.load()).settings,
  };
  const keptFiles = async (): Promise<readonly string[]> => [
    (await config.load()).path,
    ...(shared.storeFile === null ? [] : [shared.storeFile]),
  ];
  const devices = await shared.devices();
  return new Diagnose({
    config,
    runtime: await runtime(),
    devices,
    choose: await choose(),
    store: shared.store,
    checks: [
      ...(backend.id === 'embedded' ? [(call?: CallOptions) => engineFindings(devices, call)] : []),
      async () => checkFolders(await keptFiles()),
      () => regressions.check(),
      (options) => checkResidentModels(resident, options),
    ],
  });
}
