import { randomUUID } from 'node:crypto';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { EnsureVariant, InspectModel, PlanModel } from '@plimsoll/application';
import type { ExactPlanDependencies, NameVariant, Warn } from '@plimsoll/application';
import {
  CLOCK,
  CONFIG_STORE,
  EVENT_BUS,
  FOOTPRINT_ORACLE,
  REMOTE_CATALOG,
  VARIANT_BUILDER,
  type BackendDescriptor,
} from '@plimsoll/di';
import { parseModelReference, type ModelReference } from '@plimsoll/domain';
import { fallbackMeasurementStore } from './fallback-measurement-store.js';
import { FileVariants, lateBuilder } from './file-variants.js';
import { MemoizedInspector } from './memoized-inspector.js';
import type { Services } from './services.js';
import type { SharedUseCases } from './shared-use-cases.js';

/** What planning over a backend is made of. */
export interface BackendPlanningOptions {
  readonly services: Services;
  readonly shared: SharedUseCases;
  readonly backend: BackendDescriptor;
  readonly naming: NameVariant;
  readonly warn: Warn;
  readonly inspect: (model?: string) => Promise<InspectModel>;
  readonly ensure: () => Promise<EnsureVariant>;
}

const REMOTE_KINDS: readonly ModelReference['kind'][] = ['huggingface', 'ollama-library'];

/** Planning over a backend; see `BackendUseCases.planning`. */
export function backendPlanning({
  services,
  shared,
  backend,
  naming,
  warn,
  inspect,
  ensure,
}: BackendPlanningOptions): (model?: string) => Promise<PlanModel> {
  return async (model) => {
    const common = {
      devices: await shared.devices(),
      memoryBandwidth: shared.memoryBandwidth,
      config: await services.get(CONFIG_STORE),
      store: fallbackMeasurementStore(shared.store, warn),
      exact: await exactAnswers(services),
    };
    const kind = model === undefined ? null : parseModelReference(model).kind;
    if (kind === 'file' && backend.runsFiles) {
      const inspector = new MemoizedInspector(new FileModelInspector());
      const files = new FileVariants(inspector);
      const builder = lateBuilder(files, () => services.getAll(VARIANT_BUILDER));
      const bus = await services.get(EVENT_BUS);
      const fromHeaders = new EnsureVariant(files, files, [builder], naming, bus);
      return new PlanModel({ ...common, inspect: new InspectModel(files, [inspector]), ensure: fromHeaders });
    }
    const remote = kind === null || REMOTE_KINDS.includes(kind) ? await services.getAll(REMOTE_CATALOG) : [];
    return new PlanModel({ ...common, inspect: await inspect(model), ensure: await ensure(), remote });
  };
}

/** The embedded engine's own bytes, whatever backend serves: it is started by the first question. */
async function exactAnswers(services: Services): Promise<ExactPlanDependencies> {
  return {
    oracle: {
      measure: async (file, shape, options) => (await services.get(FOOTPRINT_ORACLE)).measure(file, shape, options),
    },
    withHeaderFile: async (header, types, use) =>
      (await import('@plimsoll/adapter-gguf/writer')).withHeaderFile(header, types, use),
    clock: await services.get(CLOCK),
    newId: () => randomUUID(),
  };
}
