import type {
  Clock,
  ConfigStore,
  EventBus,
  FootprintOracle,
  GpuProbe,
  HostProbe,
  ImportanceCollector,
  LogitsSource,
  MeasurementStore,
  ModelCatalog,
  ModelInspector,
  ModelRuntime,
  TensorQuantizer,
  VariantBuilder,
} from '@plimsoll/domain';
import type { ServiceIdentifier } from 'inversify';

export type { BackendDescriptor, BackendTools } from './backend-descriptor.js';

/** The chosen backend. */
export const MODEL_RUNTIME: ServiceIdentifier<ModelRuntime> = Symbol.for('@plimsoll/domain/ModelRuntime');

/** The variants that the chosen backend knows of. */
export const MODEL_CATALOG: ServiceIdentifier<ModelCatalog> = Symbol.for('@plimsoll/domain/ModelCatalog');

/** Bound several times: what repositories and libraries offer for download. Ask with `getAll`. */
export const REMOTE_CATALOG: ServiceIdentifier<ModelCatalog> = Symbol.for('@plimsoll/domain/RemoteCatalog');

/** Bound several times: one inspector per kind of place a header can lie at. Ask with `getAll`. */
export const MODEL_INSPECTOR: ServiceIdentifier<ModelInspector> = Symbol.for('@plimsoll/domain/ModelInspector');

/** Bound several times, best first: the backend's own builder, then the embedded quantizer. Ask with `getAll`. */
export const VARIANT_BUILDER: ServiceIdentifier<VariantBuilder> = Symbol.for('@plimsoll/domain/VariantBuilder');

/** Quantizes single tensors, for files that are measured. */
export const TENSOR_QUANTIZER: ServiceIdentifier<TensorQuantizer> = Symbol.for('@plimsoll/domain/TensorQuantizer');

/** Log-probabilities of texts, for quality. */
export const LOGITS_SOURCE: ServiceIdentifier<LogitsSource> = Symbol.for('@plimsoll/domain/LogitsSource');

/** Importance matrices. */
export const IMPORTANCE_COLLECTOR: ServiceIdentifier<ImportanceCollector> = Symbol.for(
  '@plimsoll/domain/ImportanceCollector',
);

/** Exact footprints from the engine. */
export const FOOTPRINT_ORACLE: ServiceIdentifier<FootprintOracle> = Symbol.for('@plimsoll/domain/FootprintOracle');

/** The machine's devices. */
export const GPU_PROBE: ServiceIdentifier<GpuProbe> = Symbol.for('@plimsoll/domain/GpuProbe');

/** The machine's own memory and processors. */
export const HOST_PROBE: ServiceIdentifier<HostProbe> = Symbol.for('@plimsoll/domain/HostProbe');

/** The settings. */
export const CONFIG_STORE: ServiceIdentifier<ConfigStore> = Symbol.for('@plimsoll/domain/ConfigStore');

/** The measurements. */
export const MEASUREMENT_STORE: ServiceIdentifier<MeasurementStore> = Symbol.for('@plimsoll/domain/MeasurementStore');

/** Time. */
export const CLOCK: ServiceIdentifier<Clock> = Symbol.for('@plimsoll/domain/Clock');

/** Events inside the process. */
export const EVENT_BUS: ServiceIdentifier<EventBus> = Symbol.for('@plimsoll/domain/EventBus');
