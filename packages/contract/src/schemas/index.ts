import type { z } from 'zod';
import { compareSchema } from './compare.schema.js';
import { configPathSchema, configSchema, configValidateSchema } from './config.schema.js';
import { demoSchema } from './demo.schema.js';
import { doctorSchema } from './doctor.schema.js';
import { engineSchema } from './engine.schema.js';
import { errorSchema } from './error.schema.js';
import { governorLogSchema, governorSchema } from './governor.schema.js';
import { gpuListSchema, gpuSchema } from './gpu.schema.js';
import { imatrixSchema } from './imatrix.schema.js';
import { inspectSchema } from './inspect.schema.js';
import { modelsSchema } from './models.schema.js';
import {
  photoLineSchema,
  photosCompareSchema,
  photosSchema,
  photosUndoSchema,
  photosWorkersSchema,
} from './photos.schema.js';
import { planTogetherSchema } from './plan-together.schema.js';
import { planSchema } from './plan.schema.js';
import { quantizeSchema } from './quantize.schema.js';
import { rerankSchema } from './rerank.schema.js';
import { runSchema } from './run.schema.js';
import { serveSchema } from './serve.schema.js';
import { serviceSchema } from './service.schema.js';
import { settingsSchema } from './settings.schema.js';
import { simulationSchema } from './simulation.schema.js';
import { statsExportSchema, statsImportSchema } from './stats-exchange.schema.js';
import { statsSchema } from './stats.schema.js';
import { tokensSchema } from './tokens.schema.js';

export { doctorSchema } from './doctor.schema.js';
export { engineSchema } from './engine.schema.js';
export { inspectSchema } from './inspect.schema.js';
export { errorSchema } from './error.schema.js';
export { failureSchema } from './failure.schema.js';
export { generationEventSchemas } from './generation-event.schema.js';
export {
  governorEventSchema,
  governorLogSchema,
  governorModeSchema,
  governorPinSchema,
  governorSchema,
} from './governor.schema.js';
export { gpuSchema } from './gpu.schema.js';
export { modelsSchema } from './models.schema.js';
export { planTogetherSchema } from './plan-together.schema.js';
export { planSchema } from './plan.schema.js';
export { settingFields, settingsSchema } from './settings.schema.js';
export { simulationSchema } from './simulation.schema.js';
export { statsSchema } from './stats.schema.js';

/** The shapes of all JSON documents by name: `plan` is the shape of `plimsoll.plan/1`. */
export const ALL_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  plan: planSchema,
  'plan-together': planTogetherSchema,
  inspect: inspectSchema,
  gpu: gpuSchema,
  'gpu-list': gpuListSchema,
  models: modelsSchema,
  run: runSchema,
  rerank: rerankSchema,
  imatrix: imatrixSchema,
  quantize: quantizeSchema,
  compare: compareSchema,
  stats: statsSchema,
  'stats-export': statsExportSchema,
  'stats-import': statsImportSchema,
  photo: photoLineSchema,
  photos: photosSchema,
  'photos-compare': photosCompareSchema,
  'photos-undo': photosUndoSchema,
  'photos-workers': photosWorkersSchema,
  config: configSchema,
  'config-validate': configValidateSchema,
  'config-path': configPathSchema,
  settings: settingsSchema,
  tokens: tokensSchema,
  service: serviceSchema,
  engine: engineSchema,
  doctor: doctorSchema,
  serve: serveSchema,
  governor: governorSchema,
  'governor-log': governorLogSchema,
  simulation: simulationSchema,
  demo: demoSchema,
  error: errorSchema,
};
