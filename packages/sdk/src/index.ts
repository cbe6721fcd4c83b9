export { createPlimsoll } from './create-plimsoll.js';
export type { GpuManager } from './gpu-manager.js';
export type { PlimsollOptions } from './plimsoll-options.js';
export type {
  CompareQuantizationOptions,
  GenerateOptions,
  GeneratedText,
  Plimsoll,
  RerankOptions,
} from './plimsoll.js';
export { createAiSelector } from './create-ai-selector.js';
export type { AiSelector, AiSelectorOptions, BatchOptions, ComparePerformanceOptions } from './ai-selector.js';
export {
  BackendFailedError,
  BackendUnreachableError,
  BusyError,
  CancelledError,
  CapabilityMissingError,
  EngineMismatchError,
  InvalidConfigError,
  InvalidInputError,
  InvalidModelFileError,
  ModelNotFoundError,
  NothingFitsError,
  OutOfMemoryError,
  PlimsollError,
  StorageFailedError,
  TimeoutError,
  UnsupportedLevelError,
  UnsupportedModelError,
  VariantNotFoundError,
  LEVEL_NAMES,
} from '@plimsoll/domain';
export type { GovernorDecided, GovernorMode, Level, MemoryPressure, Pin } from '@plimsoll/domain';
export type { PlanModelRequest, QuantizationSettings } from '@plimsoll/application';
export { wayOut } from '@plimsoll/contract';
export type {
  CompareDocument,
  GovernorDocument,
  ModelsDocument,
  PlanDocument,
  RerankDocument,
  StatsDocument,
} from '@plimsoll/contract';
