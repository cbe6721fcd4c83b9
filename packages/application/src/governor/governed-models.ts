import { isPlimsollError, ladderOf, loadOptionsOf, rungsOfPlan, withMeasuredPower } from '@plimsoll/domain';
import type {
  CallOptions,
  InstalledVariant,
  Measurement,
  MeasurementStore,
  ModelRuntime,
  PlanCandidate,
  PlannedRung,
  Rung,
} from '@plimsoll/domain';
import type { ReadDevices } from '../devices/read-devices.js';
import type { PlanModel } from '../planning/plan-model.js';
import type { PlanModelRequest } from '../planning/plan-model-request.js';
import type { ChooseVariant } from '../variants/choose-variant.js';
import type { ChooseOptions, ChosenVariant } from '../variants/chosen-variant.js';
import type { PlacedRequest, PlaceRequests } from '../variants/place-requests.js';
import type { ModelPool, ServedRung } from './model-pool.js';

/** What governed models are made from. */
export interface GovernedModelsOptions {
  readonly pool: ModelPool;
  readonly choose: Pick<ChooseVariant, 'choose'>;
  readonly planner: Pick<PlanModel, 'plan'>;
  readonly devices: Pick<ReadDevices, 'read'>;
  readonly runtime: Pick<ModelRuntime, 'find' | 'list' | 'capabilities'>;
  /** Where the power of points was measured. */
  readonly store: Pick<MeasurementStore, 'query'>;
}

/** What models give up besides their level: cache precision, sequences at once, context down to that. */
const CACHES = ['f16', 'q8_0'] as const;
const PARALLEL = [2, 1];
const LEAST_CONTEXT = 2048;
/** Names that are remembered; each is one model of the catalogue, so that more are a sign of made-up ones. */
const MOST_NAMES = 256;
/** Timed runs of one variant that are looked at for their power: the newest. */
const POWER_RUNS = 50;
/** A load is taken to read that much in a second until one was timed: a good disk. */
const LOAD_BYTES_PER_MS = 1_000_000;

/**
 * Places requests on models whose points the governor moves. A model's ladder begins with the variant that the settings
 * choose and goes down over the variants that are installed: nothing is made in a hurry. A model that cannot be planned
 * is served as it was chosen, outside the ladder.
 */
export class GovernedModels implements PlaceRequests {
  readonly #with: GovernedModelsOptions;
  /** Null: cannot be governed. */
  readonly #names = new Map<string, Promise<ChosenVariant | null>>();

  constructor(options: GovernedModelsOptions) {
    this.#with = options;
  }

  async place(model: string, options: ChooseOptions): Promise<PlacedRequest> {
    const { pool, choose } = this.#with;
    const first = options.level === undefined ? await this.#served(model, options) : null;
    if (first === null) return { chosen: await choose.choose(model, options), release: () => undefined };
    const { rung, variant, point, digest, release } = await pool.lease(model, options);
    const { quantization } = point;
    const level = quantization.kind === 'preset' ? quantization.level : null;
    const made = variant === first.variant ? first.made : null;
    const chosen = { variant, level, digest, made, load: loadOptionsOf(point), reason: first.reason };
    const ranOutOfMemory = async (): Promise<boolean> => {
      release();
      return pool.ranOutOfMemory(model, rung);
    };
    return { chosen, release, ranOutOfMemory };
  }

  /** Puts the model into the pool when it is asked for the first time. */
  async #served(model: string, options: ChooseOptions): Promise<ChosenVariant | null> {
    const known = this.#names.get(model);
    if (known !== undefined) return known;
    const work = this.#serve(model, options);
    if (this.#names.size < MOST_NAMES) this.#names.set(model, work);
    try {
      const served = await work;
      // It is governed once the variant is there that its ladder begins with.
      if (served?.wanted?.isBeingMade === true) {
        this.#names.delete(model);
        return null;
      }
      return served;
    } catch (error) {
      // The next request tries anew.
      this.#names.delete(model);
      throw error;
    }
  }

  async #serve(model: string, options: ChooseOptions): Promise<ChosenVariant | null> {
    const chosen = await this.#with.choose.choose(model, options);
    if (chosen.wanted?.isBeingMade === true) return chosen;
    const ladder = await this.#ladder(model, chosen, options);
    const [best] = ladder;
    if (best === undefined) return null;
    const bytes = Object.values(best.bytes).reduce((sum, value) => sum + value, 0);
    this.#with.pool.serve({ name: model, ladder, reloadMs: Math.ceil(bytes / LOAD_BYTES_PER_MS) });
    return chosen;
  }

  /** Empty when the model cannot be planned: the backend then knows best. */
  async #ladder(model: string, chosen: ChosenVariant, options: CallOptions): Promise<readonly ServedRung[]> {
    const { planner, devices, runtime } = this.#with;
    const { signal } = options;
    try {
      const installed = await runtime.find(chosen.variant, { signal });
      const machine = await devices.read({ signal });
      const ids = machine.devices.map(({ device }) => device.id);
      const own = runtime.capabilities.kvCachePerModel === true;
      const caches = own ? CACHES : CACHES.slice(0, 1);
      const parallel = own ? PARALLEL : [1];
      const request = { model: installed?.path ?? model, keyCacheTypes: caches, valueCacheTypes: caches, parallel };
      const ask = async (more: Partial<PlanModelRequest>): Promise<readonly PlanCandidate[]> =>
        (await planner.plan({ ...request, ...more }, { signal })).candidates;
      const whole = await ask({});
      const context = Math.max(0, ...whole.map(({ shape }) => shape.contextTokens));
      const contexts = [2, 4].map((part) => Math.floor(context / part)).filter((tokens) => tokens >= LEAST_CONTEXT);
      // Smaller devices are planned for as well, for the sake of experts on the host. Whole layers there cost more speed
      // than a lower level costs quality.
      const [device, ...others] = machine.devices;
      const bytes = others.length === 0 ? (device?.device.totalBytes ?? null) : null;
      const sizes = bytes === null ? [] : [bytes / 2, bytes / 4];
      const smaller = (await Promise.all(sizes.map((size) => ask({ vramBytes: Math.floor(size) })))).flat();
      const more = [
        ...(contexts.length === 0 ? [] : [await ask({ contexts })]),
        smaller.filter(({ shape }) => shape.placement.expertLayersOnHost > 0),
      ];
      const variants = await runtime.list({ signal });
      const here = rungsOfPlan([...whole, ...more.flat()], ids).flatMap((rung) => served(rung, variants));
      const top = lossOfVariant(here, chosen.variant);
      const below = here.filter((rung) => rung.variant === chosen.variant || isWorse(rung, top));
      const ladder = ladderOf(below.filter((rung) => givesUpInOrder(rung, context)));
      const place = device?.device.name ?? machine.host.processorName;
      return withMeasuredPower(ladder, await this.#timed(ladder, place, { signal }));
    } catch (error) {
      if (isPlimsollError(error) && error.code !== 'cancelled') return [];
      throw error;
    }
  }

  /** Timed runs of the variants on this device; none of those whose content is not known. */
  async #timed(
    ladder: readonly ServedRung[],
    device: string | null,
    options: CallOptions,
  ): Promise<readonly Measurement[]> {
    const digests = [...new Set(ladder.flatMap(({ digest }) => digest ?? []))];
    if (device === null || digests.length === 0) return [];
    const kinds = ['speed', 'profile'] as const;
    const common = { digests, device, foreign: false, limit: POWER_RUNS * digests.length };
    const found = kinds.map((kind) => this.#with.store.query({ ...common, kind }, options));
    return (await Promise.all(found)).flat();
  }
}

/** A smaller cache only with one sequence, and a shorter context only with the smaller cache where there is one. */
function givesUpInOrder({ point }: Rung, context: number): boolean {
  const { parallel, contextTokens, keyCacheType, valueCacheType } = point;
  if (keyCacheType !== valueCacheType) return false;
  const alone = parallel === 1;
  if (contextTokens < context) return alone;
  return alone || keyCacheType === CACHES[0];
}

/** The rung by the backend's own name of its variant, which a plan may know by its file; none when it has none. */
function served(rung: PlannedRung, variants: readonly InstalledVariant[]): readonly ServedRung[] {
  const found = variants.find(({ name, path }) => name === rung.variant || path === rung.variant);
  return found === undefined ? [] : [{ ...rung, variant: found.name, digest: found.digest }];
}

/** The least loss at which a plan has the variant. */
function lossOfVariant(rungs: readonly ServedRung[], variant: string): number | null {
  const losses = rungs.flatMap((rung) => (rung.variant === variant && rung.loss !== null ? [rung.loss] : []));
  return losses.length === 0 ? null : Math.min(...losses);
}

const isWorse = ({ loss }: Rung, than: number | null): boolean => loss !== null && than !== null && loss > than;
