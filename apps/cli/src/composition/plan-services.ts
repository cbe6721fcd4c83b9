import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { SystemHostProbe, createGpuProbe } from '@plimsoll/adapter-gpu';
import { EnsureVariant, InspectModel, PlanModel, ReadDevices } from '@plimsoll/application';
import { exactAnswers } from '@plimsoll/composition/exact-answers';
import { forgivingStore } from '@plimsoll/composition/forgiving-store';
import { gpuOptions } from '@plimsoll/composition/gpu-options';
import { nameVariant } from '@plimsoll/composition/name-variant';
import { CONFIG_STORE, EVENT_BUS, REMOTE_CATALOG, VARIANT_BUILDER } from '@plimsoll/di';
import {
  CapabilityMissingError,
  parseModelReference,
  type GpuProbe,
  type ModelReference,
  type VariantBuilder,
} from '@plimsoll/domain';
import { FileVariants } from './file-variants.js';
import { lateStore } from './late-store.js';
import { RememberingInspector } from './remembering-inspector.js';
import type { Services } from './services.js';
import { ensureVariant, inspectModel } from './use-cases.js';

/** What decides how little a plan can do with. */
export interface PlanSubject {
  readonly model: string;
  /** Whether the machine's own devices are looked at. */
  readonly probe: boolean;
  /** Hears that measurements cannot be used; without it that is a failure. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * Plans. For a file of this machine neither the engine nor a server is asked: headers tell which variants are there
 * and which could be made, so that the answer comes at once.
 */
export async function planModel(services: Services, subject: PlanSubject): Promise<PlanModel> {
  const host = new SystemHostProbe();
  const gpu = subject.probe ? services.own(createGpuProbe(gpuOptions(host))) : NO_DEVICES;
  const store = subject.warn === undefined ? lateStore(services) : forgivingStore(lateStore(services), subject.warn);
  const config = await services.get(CONFIG_STORE);
  const devices = new ReadDevices(gpu, host);
  const { kind } = parseModelReference(subject.model);
  const exact = services.own(exactAnswers());
  const onDisk = services.loaded.settings.backend === 'embedded' && kind === 'file';
  if (!onDisk) {
    const [inspect, ensure] = [await inspectModel(services, subject.model), await ensureVariant(services)];
    const remote = REMOTE_KINDS.includes(kind) ? await services.getAll(REMOTE_CATALOG) : [];
    return new PlanModel({ inspect, devices, config, store, ensure, remote, exact });
  }
  const inspector = new RememberingInspector(new FileModelInspector());
  const files = new FileVariants(inspector);
  const ensure = new EnsureVariant(
    files,
    files,
    [lateBuilder(services, files)],
    nameVariant(services.loaded.settings),
    await services.get(EVENT_BUS),
  );
  return new PlanModel({ inspect: new InspectModel(files, [inspector]), devices, config, store, ensure, exact });
}

const REMOTE_KINDS: readonly ModelReference['kind'][] = ['huggingface', 'ollama-library'];

/** Tells from headers what can be made; the engine is started only to make it. */
function lateBuilder(services: Services, files: FileVariants): VariantBuilder {
  const engine = async (): Promise<VariantBuilder> => {
    const [builder] = await services.getAll(VARIANT_BUILDER);
    if (builder === undefined) throw new CapabilityMissingError('This backend makes no variants.');
    return builder;
  };
  return {
    methods: (request) => files.methods(request),
    build: async (request, options) => (await engine()).build(request, options),
    dryRun: async (request, options) => (await engine()).dryRun(request, options),
  };
}

/** For a plan of another machine, or of the processor alone. */
const NO_DEVICES: GpuProbe = {
  devices: async () => [],
  read: async () => [],
  async *watch() {
    yield [];
  },
  close: async () => undefined,
};
