export type { BackendUseCases, ComparisonOptions } from './backend-use-cases.js';
export type { TypeSpeedsOptions } from './type-speeds.js';
export { cacheFolder } from './cache-folder.js';
export { checkModelFile } from './check-model-file.js';
export { checkRunsHere } from './check-runs-here.js';
export { openEngineBuilds } from './engine-builds.js';
export { fileTextCache } from './file-text-cache.js';
export { sensitivityPriors } from './sensitivity-priors.js';
export { BACKEND_IDS, findBackend } from './find-backend.js';
export type { BackendId } from './find-backend.js';
export { commandGrader } from './grading/command-grader.js';
export type { CommandGraderOptions } from './grading/command-grader.js';
export { createJsonValidator } from './grading/json-validator.js';
export { InProcessEvents } from './in-process-events.js';
export { LeasedResource } from './leased-resource.js';
export type { Lease } from './leased-resource.js';
export { openConfig } from './open-config.js';
export { openPlimsoll } from './open-plimsoll.js';
export type { OpenPlimsollOptions, Plimsoll } from './open-plimsoll.js';
export { OverlayConfigStore } from './overlay-config-store.js';
export {
  openFaceFinder,
  openLevelQueue,
  openPhotoQueue,
  openPhotoReader,
  openPhotoStores,
  openSharedPhotoStores,
  openSidecars,
  photoModel,
} from './photos.js';
export type { PhotoStores, SharedPhotoStores } from './photos.js';
export { remoteReading } from './remote-reading.js';
export type { RemoteFlags, RemoteReading } from './remote-reading.js';
export { Services } from './services.js';
export type { ModuleLoader, ModuleTable, ServicesOptions } from './services.js';
export type { SharedUseCases } from './shared-use-cases.js';
export { systemClock } from './system-clock.js';
export type { Governor, GovernorOptions } from './governor.js';
export { importedName } from './name-variant.js';
