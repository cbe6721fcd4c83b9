export type { DocumentOf } from './document-of.js';
export { compareDocument, comparedLevelDocument } from './documents/compare.document.js';
export { gpuDocument, gpuListDocument } from './documents/gpu.document.js';
export { generationEvent } from './documents/generation-event.document.js';
export { inspectDocument } from './documents/inspect.document.js';
export type { InspectDetails } from './documents/inspect.document.js';
export { modelsDocument } from './documents/models.document.js';
export { residentPlanDocument } from './documents/plan-together.document.js';
export { photoDocument, photosCompareDocument } from './documents/photos.document.js';
export { planDocument, budgetDocument, candidateDocument } from './documents/plan.document.js';
export { quantizeDocument, quantizeDryRunDocument } from './documents/quantize.document.js';
export type { QuantizeFacts } from './documents/quantize.document.js';
export { rerankDocument } from './documents/rerank.document.js';
export { runDocument } from './documents/run.document.js';
export { settingsDocument, tokenDocument } from './documents/settings.document.js';
export { statsDocument, variantsDocument } from './documents/stats.document.js';
export type { CompareDocument } from './schemas/compare.schema.js';
export type { ComparedLevelDocument } from './schemas/compared-level.schema.js';
export type {
  IntervalDocument,
  DevicesDocument,
  DecodeSpeedupDocument,
  DepthSpeedDocument,
  ConcurrentSpeedDocument,
  SpeedDocument,
} from './schemas/compared-speed.schema.js';
export type { TaskEstimateDocument, ComparedTasksDocument } from './schemas/compared-tasks.schema.js';
export type { ConfigDocument, ConfigValidateDocument, ConfigPathDocument } from './schemas/config.schema.js';
export type { DemoDocument } from './schemas/demo.schema.js';
export type { DoctorDocument } from './schemas/doctor.schema.js';
export type { ErrorDocument } from './schemas/error.schema.js';
export type { FailureDocument } from './schemas/failure.schema.js';
export type { GenerationEventDocument } from './schemas/generation-event.schema.js';
export type { GpuReadingDocument, GpuDocument, GpuListDocument } from './schemas/gpu.schema.js';
export type { ImatrixDocument } from './schemas/imatrix.schema.js';
export type { MetadataDocument, InspectDocument } from './schemas/inspect.schema.js';
export type { ModelsDocument } from './schemas/models.schema.js';
export type { ResidentPlanDocument } from './schemas/plan-together.schema.js';
export type { MemoryDocument, CandidateDocument, BudgetDocument, PlanDocument } from './schemas/plan.schema.js';
export type {
  PhotoDocument,
  PhotosCompareDocument,
  PhotosDocument,
  PhotosUndoDocument,
  PhotosWorkersDocument,
} from './schemas/photos.schema.js';
export type { QuantizeDocument } from './schemas/quantize.schema.js';
export type { RerankDocument } from './schemas/rerank.schema.js';
export type { RunDocument } from './schemas/run.schema.js';
export type { ServeDocument } from './schemas/serve.schema.js';
export type { SettingsDocument } from './schemas/settings.schema.js';
export type { StatsExportDocument, StatsImportDocument } from './schemas/stats-exchange.schema.js';
export type { ServiceDocument } from './schemas/service.schema.js';
export type { EngineDocument } from './schemas/engine.schema.js';
export type { TokensDocument } from './schemas/tokens.schema.js';
export type { StatsDocument } from './schemas/stats.schema.js';
export { governorDocument, governorEvent, governorLogDocument } from './documents/governor.document.js';
export type { GovernorDocument, GovernorEventDocument, GovernorLogDocument } from './schemas/governor.schema.js';
export type { SimulationDocument } from './schemas/simulation.schema.js';
export { alternativeWords, planObstacleWords, planReasonWords } from './words/plan.words.js';
export { qualityNote } from './words/prediction.words.js';
export { wayOut } from './words/remedy.words.js';
export type { RemedyWords } from './words/remedy.words.js';
export type { WordsByKind } from './words/words-by-kind.js';
export { wordsOf } from './words/words-by-kind.js';
export { doctorDocument } from './documents/doctor.document.js';
export { notMeasuredWords } from './words/not-measured.words.js';
export { verdictSentences } from './words/verdict.words.js';
export { warningWords } from './words/warning.words.js';
