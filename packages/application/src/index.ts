export type { CompareDependencies, ReadyCell } from './comparison/compare-dependencies.js';
export { CompareLevels } from './comparison/compare-levels.js';
export type { CompareOptions, CompareRequest, CompareProgress } from './comparison/compare-request.js';
export type {
  ComparisonCell,
  RunSummary,
  Estimate,
  SpeedSummary,
  DepthSpeed,
  ConcurrentSpeed,
  NotMeasured,
  NotMeasuredReason,
  TaskDisagreement,
  ComparedLevel,
  Comparison,
  DeviceSummary,
} from './comparison/comparison.js';
export { checkVocabularies, measureQuality, prepareText, whyNoQuality } from './comparison/measure-quality.js';
export type { PreparedText } from './comparison/measure-quality.js';
export { ownCorpus } from './comparison/own-corpus.js';
export type { TextCache, OwnCorpusRequest } from './comparison/own-corpus.js';
export { PacedProgress } from './comparison/paced-progress.js';
export { NO_PREDICTION, predictCells } from './comparison/predict-cells.js';
export type { CellPrediction } from './comparison/predict-cells.js';
export { summarizeCells } from './comparison/summarize-comparison.js';
export type { CellRecords } from './comparison/summarize-comparison.js';
export { FEWEST_ROUNDS_TO_SHOW } from './comparison/speed-against.js';
export { timeCell } from './comparison/time-cell.js';
export { DEFAULT_QUALITY_THRESHOLD, verdictOn } from './comparison/verdict.js';
export type { Verdict, VerdictOutcome } from './comparison/verdict.js';
export { ReadDevices } from './devices/read-devices.js';
export type { MachineState } from './devices/read-devices.js';
export { checkDevices } from './diagnosis/check-devices.js';
export { checkResidentModels } from './diagnosis/check-resident-models.js';
export type { CheckResidentModelsDependencies } from './diagnosis/check-resident-models.js';
export { checkStatistics } from './diagnosis/check-statistics.js';
export { Diagnose } from './diagnosis/diagnose.js';
export type { DiagnoseDependencies } from './diagnosis/diagnose.js';
export { finding, findingFromError } from './diagnosis/finding.js';
export { checkEngineBuilds } from './diagnosis/check-engine-builds.js';
export type { Finding, FindingFact, ResidentFact } from './diagnosis/finding.js';
export { GenerateText } from './generation/generate-text.js';
export { demandReranking, rerankDocuments } from './generation/rerank-documents.js';
export type { Ranking, RankingRequest } from './generation/rerank-documents.js';
export type { GenerateTextOptions, GenerateTextEvent } from './generation/generate-text.js';
export { DecisionLog } from './governor/decision-log.js';
export type { LoggedDecision } from './governor/decision-log.js';
export { Govern } from './governor/govern.js';
export type { GovernOptions, GovernorStatus } from './governor/govern.js';
export { BackgroundBuilds } from './variants/background-builds.js';
export type { ComingVariant } from './variants/background-builds.js';
export { GovernedModels } from './governor/governed-models.js';
export type { GovernedModelsOptions } from './governor/governed-models.js';
export { machineReadings } from './governor/machine-readings.js';
export type { MachineReadings } from './governor/machine-readings.js';
export { ModelPool } from './governor/model-pool.js';
export type { ModelLease, ModelPoolOptions, PoolAdvice, ServedModel, ServedRung } from './governor/model-pool.js';
export { RequestGate } from './governor/request-gate.js';
export type { Entered, GateLimits } from './governor/request-gate.js';
export { InspectModel } from './models/inspect-model.js';
export { ListModels } from './models/list-models.js';
export type { ListedModel, ModelList } from './models/list-models.js';
export { exactPlan } from './planning/exact-plan.js';
export type {
  ExactPlanDependencies,
  ExactPlanOptions,
  ExactPlanSubject,
  WithHeaderFile,
} from './planning/exact-plan.js';
export { learnedKnowledge } from './planning/learned-knowledge.js';
export type { LearnedKnowledge, KnowledgeSubject } from './planning/learned-knowledge.js';
export { machineForPlan } from './planning/machine-for-plan.js';
export type { PlannedMachine } from './planning/machine-for-plan.js';
export { USUAL_LEVELS } from './planning/plan-model-request.js';
export type { PlanModelRequest } from './planning/plan-model-request.js';
export { RecommendPoint } from './planning/recommend-point.js';
export type { PointToRun, RecommendPointDependencies, RunWishes } from './planning/recommend-point.js';
export { planRequestOf } from './planning/plan-input.js';
export type { PlanInput } from './planning/plan-input.js';
export { PlanModel } from './planning/plan-model.js';
export type { PlanModelDependencies, PreparedPlan } from './planning/plan-model.js';
export { ManageSettings } from './settings/manage-settings.js';
export type { QuantizationSettings } from './settings/manage-settings.js';
export { FindRegressions } from './statistics/find-regressions.js';
export type { Development, RegressionSubject } from './statistics/find-regressions.js';
export { GetStatistics } from './statistics/get-statistics.js';
export { MeasurementRecorder, MEASUREMENT_KINDS } from './statistics/measurement-recorder.js';
export type { MeasurementDraft } from './statistics/measurement-recorder.js';
export { ProposeForModels } from './statistics/propose-for-models.js';
export { LEAST_SCORED_TOKENS, LEAST_TIMED_RUNS, proposeSettings } from './statistics/propose-settings.js';
export type { ProposalEvidence, ProposalReason, SettingsProposal } from './statistics/propose-settings.js';
export type { SpeedTrend } from './statistics/speed-trends.js';
export { EXACT_ANSWER_TASKS } from './tasks/exact-answer-suite.js';
export { promptCorpus } from './tasks/prompt-corpus.js';
export type { PromptCorpusRequest } from './tasks/prompt-corpus.js';
export { SCHEMA_TASKS } from './tasks/schema-suite.js';
export { checkingGrader, withScores } from './tasks/task-grader.js';
export type { TaskGrade, TaskGrader, ValidateJson } from './tasks/task-grader.js';
export type { TaskComparison, TaskEstimate, TaskSummary } from './tasks/task-summary.js';
export type { Task, TaskCheck } from './tasks/task.js';
export { ChooseVariant } from './variants/choose-variant.js';
export type { ChosenVariant, ChooseOptions } from './variants/chosen-variant.js';
export { EnsureVariant } from './variants/ensure-variant.js';
export type { NameVariant, ReadyVariant, VariantStatus } from './variants/ensure-variant.js';
export { QuantizeModel } from './variants/quantize-model.js';
export type { QuantizeRequest, QuantizedModel } from './variants/quantize-model.js';
export { burstsOf } from './photos/bursts-of-evaluations.js';
export { ComparePhotoLevels } from './photos/compare-photo-levels.js';
export type {
  ComparePhotosOptions,
  ComparePhotosRequest,
  ComparedPhotoLevel,
  PhotoLevelComparison,
  JudgedLevel,
} from './photos/compare-photo-levels.js';
export { EvaluatePhotos } from './photos/evaluate-photos.js';
export type { EvaluateManyOptions, EvaluateOptions } from './photos/evaluate-photos.js';
export type { LlmEvaluation, LlmFailure, PhotoEvaluation, PhotoOutcome } from './photos/photo-evaluation.js';
export type { PhotoModel } from './photos/photo-model.js';
export type { PlacedRequest, PlaceRequests } from './variants/place-requests.js';
export type { PhotoResults } from './photos/photo-results.js';
export { notRecorded } from './warning.js';
export type { Warn, Warning } from './warning.js';
export { QueuePhotos } from './photos/queue/queue-photos.js';
export type { QueuePhotosDependencies, QueuePhotosOptions } from './photos/queue/queue-photos.js';
export type { PhotoJob, PhotoJobModel } from './photos/queue/photo-job.js';
export { compareByQueue, workOnLevels } from './photos/queue/queue-levels.js';
export type { LevelJob, QueueLevelsDependencies, WorkOnLevelsDependencies } from './photos/queue/queue-levels.js';
export { WorkOnPhotos } from './photos/queue/work-on-photos.js';
export type { WorkOnPhotosDependencies, WorkOnPhotosOptions } from './photos/queue/work-on-photos.js';
export { MixPrecision, demandFullPrecision } from './variants/mix-precision.js';
export { bytesToFit, planToFit } from './variants/plan-to-fit.js';
export type { RecipeFit } from './variants/plan-to-fit.js';
export { MIX_TYPES, checkGoal } from './variants/mix-precision.js';
export type {
  MixOptions,
  PlannedGroup,
  PlannedSpeed,
  PrecisionPlan,
  PrecisionVerdict,
} from './variants/mix-precision.js';
export type { TimeConsent, TimeEstimate } from './variants/measuring-time.js';
export type { FastestGoal, MixGoal } from './variants/mix-goal.js';
export type { PrecisionProbe, PriorStore, ProbeOptions, ProbeText, ProbedFile } from './variants/precision-probe.js';
