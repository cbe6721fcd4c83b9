import './ports/abort-signal.js';

export { aliasKey } from './planning/model-pattern.js';
export { allocate } from './allocation/allocate.js';
export type { Allocation, TypeChoice } from './allocation/allocate.js';
export { allocateFastest } from './allocation/allocate-fastest.js';
export type { FastestBounds, TimedAllocation, TimedGroup, TimedOption } from './allocation/allocate-fastest.js';
export type { AllocationGroup, AllocationOption } from './allocation/allocation-option.js';
export { precisionGroups, precisionOptions, inputFamily } from './allocation/precision-groups.js';
export { inputLosses, inputNoise, lossesByWeights } from './allocation/predicted-losses.js';
export type { GroupLoss, MeasuredAlone, TensorErrors } from './allocation/predicted-losses.js';
export { kindLosses, spreadLosses } from './allocation/sensitivity-prior.js';
export type { SensitivityPrior } from './allocation/sensitivity-prior.js';
export { typeFactors } from './allocation/type-factors.js';
export type { MeasuredWhole } from './allocation/type-factors.js';
export type { PrecisionGroup } from './allocation/precision-groups.js';
export { parseRecipeLines, recipeLines, recipeOverrides } from './allocation/recipe.js';
export type { RecipeEntry } from './allocation/recipe.js';
export { deviceCatalogue } from './devices/catalogue.js';
export type { DeviceProfile } from './devices/device-profile.js';
export { chipOf, findDevice, findDevices, profileOf, searchDevices } from './devices/find-device.js';
export type { DeviceMatch, DevicesFound } from './devices/find-device.js';
export type { ProcessorKind } from './devices/processor-kind.js';
export { BackendFailedError } from './errors/backend-failed-error.js';
export { BackendUnreachableError } from './errors/backend-unreachable-error.js';
export { BusyError } from './errors/busy-error.js';
export { CancelledError } from './errors/cancelled-error.js';
export { throwIfCancelled } from './errors/throw-if-cancelled.js';
export { CapabilityMissingError } from './errors/capability-missing-error.js';
export { EngineMismatchError } from './errors/engine-mismatch-error.js';
export { InvalidConfigError } from './errors/invalid-config-error.js';
export { InvalidInputError } from './errors/invalid-input-error.js';
export { InvalidModelFileError } from './errors/invalid-model-file-error.js';
export { ModelNotFoundError } from './errors/model-not-found-error.js';
export { NothingFitsError } from './errors/nothing-fits-error.js';
export { OutOfMemoryError } from './errors/out-of-memory-error.js';
export { PlimsollError, isOutOfMemory, isPlimsollError, mayAnswerElsewhere } from './errors/plimsoll-error.js';
export type { Remedy } from './errors/remedy.js';
export type { ErrorCode, ErrorDetails } from './errors/plimsoll-error.js';
export { StorageFailedError } from './errors/storage-failed-error.js';
export { TimeoutError } from './errors/timeout-error.js';
export { UnsupportedLevelError } from './errors/unsupported-level-error.js';
export { UnsupportedModelError } from './errors/unsupported-model-error.js';
export { VariantNotFoundError } from './errors/variant-not-found-error.js';
export { OWN_PREDICTION_LAYERS, createLoadedModel } from './footprint/companions.js';
export type { Companions } from './footprint/companions.js';
export { createFootprintModel } from './footprint/footprint-model.js';
export type { FootprintEstimate, FootprintModel, FootprintModelOptions, Weights } from './footprint/footprint-model.js';
export type { SizedTensor } from './footprint/weight-table.js';
export type { MemoryUse, Footprint } from './footprint/footprint.js';
export type { FlashAttention, OperatingPoint, PartialShape, Placement, RunShape } from './footprint/operating-point.js';
export { cacheOf, isOfKind, shapeWith, timingsOf } from './measurement/measurement.js';
export type {
  FootprintMeasurement,
  GenerationMeasurement,
  GenerationTimings,
  Measurement,
  MeasurementEnvironment,
  MeasurementKind,
  MeasurementOf,
  ProfileMeasurement,
  QualityMeasurement,
  QualityResult,
  RecordFacts,
  SpeedCondition,
  SpeedMeasurement,
  TaskMeasurement,
  TaskResult,
} from './measurement/measurement.js';
export { CallStatistics } from './metrics/call-statistics.js';
export { contentKey } from './measurement/content-key.js';
export type { VariantStatistics } from './metrics/variant-statistics.js';
export { bootstrapInterval } from './metrics/bootstrap.js';
export type { BootstrapOptions, Interval } from './metrics/bootstrap.js';
export { cohensKappa } from './metrics/cohens-kappa.js';
export type { KappaWeights } from './metrics/cohens-kappa.js';
export { mannWhitney } from './metrics/mann-whitney.js';
export type { MannWhitneyResult } from './metrics/mann-whitney.js';
export { mcNemar } from './metrics/mcnemar.js';
export type { McNemarResult } from './metrics/mcnemar.js';
export { normalCdf, normalQuantile } from './metrics/normal-distribution.js';
export { PairedStatistics } from './metrics/paired-statistics.js';
export { pairedPermutationP } from './metrics/permutation-test.js';
export { QualityAccumulator, perplexityOf } from './metrics/quality-accumulator.js';
export type { Coverage } from './metrics/quality-accumulator.js';
export { QuantileSketch } from './metrics/quantile-sketch.js';
export type { QuantileSketchOptions } from './metrics/quantile-sketch.js';
export { rankAgreement } from './metrics/rank-agreement.js';
export type { RankAgreement } from './metrics/rank-agreement.js';
export { findRegressions } from './metrics/regression.js';
export type { EnvironmentChange, Regression, RegressionOptions } from './metrics/regression.js';
export {
  median,
  medianAbsoluteDeviation,
  quantile,
  weightedMedian,
  withoutOutliers,
} from './metrics/robust-statistics.js';
export { RunningStatistics } from './metrics/running-statistics.js';
export type { RunningStatisticsState } from './metrics/running-statistics.js';
export { normalDeviate, seededRandom } from './metrics/seeded-random.js';
export type { RandomSource } from './metrics/seeded-random.js';
export { compareSpeed } from './metrics/speed-comparison.js';
export type { SpeedComparison, SpeedComparisonOptions } from './metrics/speed-comparison.js';
export { tokenDivergence, tokenNll } from './metrics/token-divergence.js';
export type { TokenDivergence } from './metrics/token-divergence.js';
export { VariantAccumulator, decodeTokensPerSecond, prefillTokensPerSecond } from './metrics/variant-accumulator.js';
export type { RecordedCall } from './metrics/variant-accumulator.js';
export { checkHyperParameters, invalidParameters } from './model/hyper-parameters.js';
export type { InvalidParameter } from './model/hyper-parameters.js';
export { architectureOf } from './model/architecture.js';
export type { ExpertShape, ModelArchitecture, RecurrentShape } from './model/architecture.js';
export type { LayerShape } from './model/layer-shapes.js';
export { isReranker } from './model/reranker.js';
export { metadataNumber, metadataString, metadataNumbers } from './model/model-header.js';
export type { MetadataArray, MetadataValue, TensorInfo, ModelHeader } from './model/model-header.js';
export { parseModelReference, formatModelReference } from './model/model-reference.js';
export type { ModelReference } from './model/model-reference.js';
export { memoryBudget } from './planning/budget.js';
export type { BudgetInput, DeviceBudget, DeviceFound, MemoryBudget, MemoryFound } from './planning/budget.js';
export { wholeFit } from './planning/whole-fit.js';
export { formatBytes, parseByteSize } from './planning/byte-size.js';
export { calibratedBy, learnSpeedCalibration } from './learning/calibration.js';
export type { SpeedCalibration, SpeedEvidence, SpeedObservation, SpeedSubject } from './learning/calibration.js';
export { cacheName } from './planning/candidates.js';
export { grouped } from './planning/grouped.js';
export type {
  ExactNote,
  FitRemedy,
  PlanCaution,
  SuitableSize,
  PlanObstacle,
  PlanReason,
  ResidentReason,
  Violation,
} from './planning/reason.js';

export { createPlan } from './planning/create-plan.js';
export { NO_CORRECTION, correctionBytes, learnFootprintCorrection } from './learning/correction.js';
export type { FootprintCorrection, FootprintObservation } from './learning/correction.js';
export { footprintObservations, measuredQuality, speedObservations } from './learning/learned-from-measurements.js';
export { measuredSpeed, measuredSpeeds } from './learning/measured-speed.js';
export type { MeasuredPoint, MeasuredSpeed } from './learning/measured-speed.js';
export { planTogether } from './planning/plan-together.js';
export type { ResidentModelPlan, ResidentPlan } from './planning/plan-together.js';
export type {
  CacheTypes,
  FootprintFunction,
  PlanConstraints,
  PlanGoal,
  PlanRequest,
  PlannedArchitecture,
} from './planning/plan-request.js';
export type {
  Alternative,
  ExactFootprint,
  ExactSummary,
  Fit,
  LargestContext,
  NextBetter,
  Plan,
  PlanCandidate,
  PlanModel,
  PlanVariant,
  Recommendation,
} from './planning/plan.js';
export type { Prediction } from './prediction/prediction.js';
export type { MachineSpeed, ProcessorSpeed } from './prediction/speed.js';
export { multipliedWeights, tokenSeconds } from './prediction/token-time.js';
export type { TypedTensor } from './prediction/token-time.js';
export { typicalTypeSpeeds } from './prediction/type-speeds.js';
export type { TypeSpeeds } from './prediction/type-speeds.js';
export { TYPICAL_HOST, hostTflops } from './prediction/typical-host.js';
export { priorKvCacheKld, priorQuality } from './prediction/quality-prior.js';
export type { QualityBasis, QualityExpectation } from './prediction/quality-prior.js';
export { quantizationSummary, resolveQuantization } from './planning/settings-resolution.js';
export type {
  QuantizationSettings,
  QuantizationSummary,
  ResolvedQuantization,
} from './planning/settings-resolution.js';
export type { CallOptions } from './ports/abort-signal.js';
export type { Clock } from './ports/clock.port.js';
export type { SettingOrigin, LoadedSettings, ConfigStore } from './ports/config-store.port.js';
export type {
  GovernorDecided,
  GovernorSteered,
  MemoryPressure,
  PlimsollEvent,
  EventBus,
} from './ports/event-bus.port.js';
export { loadOptionsOf, mergeLoadOptions, shapeOf } from './ports/load-options.js';
export type { LoadOptions, LoraAdapter } from './ports/load-options.js';
export type { FootprintOracle } from './ports/footprint-oracle.port.js';
export type { MemoryKind, GpuDevice, GpuProcess, GpuReading, GpuProbe } from './ports/gpu-probe.port.js';
export type { HostReading, HostProbe } from './ports/host-probe.port.js';
export type {
  EvaluatedModel,
  ScoreRequest,
  WindowScores,
  VocabularyFacts,
  LogitsSource,
} from './ports/logits-source.port.js';
export type { MeasurementFilter, MeasurementStore } from './ports/measurement-store.port.js';
export type { CatalogEntry, CatalogOptions, ModelCatalog } from './ports/model-catalog.port.js';
export type { InspectedModel, ModelInspector } from './ports/model-inspector.port.js';
export type {
  RuntimeCapabilities,
  RuntimeInfo,
  InstalledVariant,
  ResidentModel,
  ChatMessage,
  JsonSchema,
  GenerateRequest,
  TokenLogprob,
  StopReason,
  GenerateEvent,
  EmbedResult,
  RerankResult,
  UnloadOptions,
  ModelRuntime,
  NativeApis,
  NativeHost,
} from './ports/model-runtime.port.js';
export type { Tool, ToolCall, ToolChoice } from './ports/tool.js';
export type {
  DeadJob,
  Job,
  JobFailure,
  JobPlace,
  JobQueue,
  JobVerdict,
  LaneState,
  WorkOptions,
} from './ports/job-queue.port.js';
export type { ResultStore } from './ports/result-store.port.js';
export type { RecordedRun, SidecarJournal } from './ports/sidecar-journal.port.js';
export type { FaceFinder, FoundFace } from './ports/face-finder.port.js';
export type { PhotoPixels, PhotoExif, PhotoReader, PhotoSample } from './ports/photo-reader.port.js';
export type {
  SidecarChange,
  SidecarPatch,
  SidecarStyle,
  SidecarUndo,
  SidecarWriter,
} from './ports/sidecar-writer.port.js';
export type {
  BuildMethod,
  ExpectedMatrix,
  TensorOverride,
  BuildRequest,
  BuildProgress,
  BuiltVariant,
  BuildOptions,
  VariantBuilder,
} from './ports/variant-builder.port.js';
export type {
  CollectedImportance,
  ImportanceCollector,
  ImportanceOptions,
  ImportanceRequest,
  ImportanceSummary,
} from './ports/importance-collector.port.js';
export type {
  QuantizationError,
  QuantizationErrorRequest,
  SpliceRequest,
  TensorQuantizer,
} from './ports/tensor-quantizer.port.js';
export { needsImportance } from './quantization/importance-need.js';
export { KV_CACHE_TYPES, kvCacheTensorType } from './quantization/kv-cache-type.js';
export type { KvCacheType } from './quantization/kv-cache-type.js';
export {
  isFullPrecision,
  profitsFromImportanceMatrix,
  LEVELS,
  LEVEL_NAMES,
  levelFromFileType,
  parseLevel,
} from './quantization/level.js';
export type { LevelFacts, Level } from './quantization/level.js';
export { levelBytes, levelFileBytes, presetTypes } from './quantization/preset.js';
export type { PresetOptions, PresetTensorType, PresetTypes } from './quantization/preset.js';
export { fileRecipe, recipeMetadata, statedLevel } from './quantization/file-recipe.js';
export type { FileRecipe, RecipeMeasurement } from './quantization/file-recipe.js';
export { isRecipeName, levelRank, parseVariantLevel, recipeInName, recipeName } from './quantization/variant-level.js';
export type { RecipeName, VariantLevel } from './quantization/variant-level.js';
export { isSameQuantization, quantizationName, quantizationNamed } from './quantization/quantization.js';
export type { Quantization } from './quantization/quantization.js';
export { computedSaving, levelFromBits, nominalSaving } from './quantization/savings.js';
export { TENSOR_TYPES, tensorTypeFromId, bitsPerWeight, tensorBytes } from './quantization/tensor-type.js';
export type { TensorTypeLayout, TensorType } from './quantization/tensor-type.js';
export {
  baseName,
  formatModelName,
  isCloudName,
  isQuantizedName,
  isSameModelName,
  levelInName,
  parseModelName,
  variantName,
} from './quantization/variant-name.js';
export type { HuggingFaceName, ModelName, RegistryName } from './quantization/variant-name.js';
export { BOUNDS, MOST_PROMPT_CHARACTERS } from './settings/bounds.js';
export type { Bounds } from './settings/bounds.js';
export { TOKEN_PRIORITIES, TOKEN_SCOPES } from './settings/access-token.js';
export type { AccessToken, TokenPriority, TokenScope } from './settings/access-token.js';
export { DEFAULT_SERVICE_LIMITS } from './settings/service-limits.js';
export type { ServiceLimits } from './settings/service-limits.js';
export type { Bits, NamingScheme, ModelOverride, Settings, SettingsPatch, UsageSwitch } from './settings/settings.js';
export { levelInFileName, variantFileName } from './quantization/variant-file.js';
export type { GovernorMode } from './governor/governor-mode.js';
export { admit } from './governor/admit.js';
export { hasRoomForLoad } from './governor/room-for-load.js';
export type { Admission } from './governor/admit.js';
export { decide, inputsOf } from './governor/decide.js';
export type { GovernorLook } from './governor/decide.js';
export { correctedLadder } from './governor/corrected-ladder.js';
export { withMeasuredPower } from './governor/measured-power.js';
export { outcomeOf } from './governor/decision-outcome.js';
export type { DecisionOutcome } from './governor/decision-outcome.js';
export { bytesHeld, currentRung, expectedBytes, reservationsOf } from './governor/governed-model.js';
export type { GovernedModel, Pin } from './governor/governed-model.js';
export { DEFAULT_GOVERNOR_POLICY, bandOf, withUsageSwitch } from './governor/governor-policy.js';
export type { Band, BandShares, GovernorPolicy, HeatPolicy } from './governor/governor-policy.js';
export { INITIAL_GOVERNOR_STATE } from './governor/governor-state.js';
export type {
  FailedPoint,
  GovernorDecision,
  GovernorInput,
  GovernorPrediction,
  GovernorRule,
  GovernorState,
  HeatTrial,
  HoldReason,
  StepTaken,
} from './governor/governor-state.js';
export type { Heat, HeatReading } from './governor/heat.js';
export { SACRIFICES, ladderOf, sacrificeOf } from './governor/ladder.js';
export type { Ladder, Rung, Sacrifice } from './governor/ladder.js';
export { ledgerOf } from './governor/ledger-of.js';
export { heldBytes, ledgerEntry } from './governor/memory-ledger.js';
export type { BytesByDomain, LedgerEntry, MemoryDomain, MemoryReading, Reservation } from './governor/memory-ledger.js';
export { HOST_DOMAIN } from './governor/observe.js';
export { rungsOfPlan } from './governor/rungs-of-plan.js';
export type { PlannedRung } from './governor/rungs-of-plan.js';
export type { Pressure, PressureLevel } from './governor/pressure.js';
export type { GovernorAction } from './governor/governor-action.js';
export { findBursts } from './selection/bursts.js';
export type { Burst, BurstMember } from './selection/bursts.js';
export { contextHints } from './selection/context-hints.js';
export type { ContextHint } from './selection/context-hints.js';
export { FACES_EDGE, measureFaces } from './selection/faces.js';
export type { FaceMeasure } from './selection/faces.js';
export { combineTechnically, judge } from './selection/judgement.js';
export type { Evidence, Judgement, PhotoRecommendation, SelectionReason } from './selection/judgement.js';
export { levelAgreement } from './selection/level-agreement.js';
export type { AgreementFigure, JudgedPair, LevelAgreement, LevelVerdict } from './selection/level-agreement.js';
export { hashDistance, perceptualHash } from './selection/perceptual-hash.js';
export { SELECTION_PRESETS, SELECTION_PRESET_NAMES } from './selection/preset.js';
export type { SelectionPreset, SelectionPresetName } from './selection/preset.js';
export { RATING_WORDS, expectedRating } from './selection/rating-words.js';
export type { RatingWord } from './selection/rating-words.js';
export { ANALYSIS_EDGE, measureTechnically, scoreTechnically } from './selection/technical-scores.js';
export type { TechnicalMetrics, TechnicalScores } from './selection/technical-scores.js';
