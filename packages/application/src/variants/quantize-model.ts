import { CapabilityMissingError, UnsupportedLevelError } from '@plimsoll/domain';
import type {
  BuildMethod,
  BuildOptions,
  BuildRequest,
  BuiltVariant,
  CallOptions,
  EventBus,
  ExpectedMatrix,
  FileRecipe,
  Level,
  TensorOverride,
  VariantBuilder,
} from '@plimsoll/domain';
import type { NameVariant } from './ensure-variant.js';

/** What to quantize into what. */
export interface QuantizeRequest {
  readonly model: string;
  readonly level: Level;
  /** Name or path of the result; the backend's convention when absent. */
  readonly target?: string | undefined;
  readonly overrides?: readonly TensorOverride[] | undefined;
  /** The recipe that the overrides are. */
  readonly recipe?: FileRecipe | undefined;
  readonly allowRequantize?: boolean | undefined;
  readonly threads?: number | undefined;
  /** Path of an importance matrix. */
  readonly importanceMatrix?: string | undefined;
  /** One that is still to be collected; counted in a dry run. */
  readonly expectedMatrix?: ExpectedMatrix | undefined;
}

/** A variant that was made, and how. */
export interface QuantizedModel extends BuiltVariant {
  readonly method: BuildMethod;
}

/** Names what a model is made from. */
export type SourceOf = (model: string, options?: CallOptions) => Promise<string>;

/** Makes a variant on request. */
export class QuantizeModel {
  readonly #builders: readonly VariantBuilder[];
  readonly #nameVariant: NameVariant;
  readonly #bus: EventBus;
  readonly #sourceOf: SourceOf;

  /** `sourceOf` says what a model is made from, where it is no file of full precision itself; the model when absent. */
  constructor(
    builders: readonly VariantBuilder[],
    nameVariant: NameVariant,
    bus: EventBus,
    sourceOf: SourceOf = async (model) => model,
  ) {
    this.#builders = builders;
    this.#nameVariant = nameVariant;
    this.#bus = bus;
    this.#sourceOf = sourceOf;
  }

  /**
   * @throws CapabilityMissingError where there is no builder, UnsupportedLevelError when none can make it; whatever the
   *   builder throws.
   */
  async quantize(request: QuantizeRequest, options: BuildOptions = {}): Promise<QuantizedModel> {
    if (this.#builders.length === 0) {
      throw new CapabilityMissingError('This backend makes no variants: it runs what its server was started with.', {
        remedies: [{ kind: 'make-variant', model: request.model, level: request.level, how: 'embedded-engine' }],
      });
    }
    const build = await this.#buildRequest(request, options);
    for (const builder of this.#builders) {
      const [method] = await builder.methods(build, { signal: options.signal });
      if (method === undefined) continue;
      const built = await builder.build(build, options);
      this.#bus.publish({ type: 'variant-built', name: built.name });
      return { ...built, method };
    }
    // A builder that is asked for the size of the result says best what stands against it.
    for (const builder of this.#builders) await builder.dryRun(build, options);
    throw new UnsupportedLevelError(`${request.model} cannot be made into ${request.level} on this backend.`, {
      hint: 'Start from an F16, BF16 or F32 file, or choose another level.',
      remedies: [{ kind: 'inspect-model', model: request.model }],
    });
  }

  /** The bytes the result would have, without writing it; null when no builder can tell. */
  async dryRun(request: QuantizeRequest, options?: CallOptions): Promise<{ readonly sizeBytes: number } | null> {
    const build = await this.#buildRequest(request, options);
    for (const builder of this.#builders) {
      const answer = await builder.dryRun(build, options);
      if (answer !== null) return answer;
    }
    return null;
  }

  async #buildRequest(request: QuantizeRequest, options?: CallOptions): Promise<BuildRequest> {
    const { model, target, ...build } = request;
    return {
      // Who allows to quantize twice means the very model that was named.
      source: build.allowRequantize === true ? model : await this.#sourceOf(model, options),
      target: target ?? this.#nameVariant(model, build.recipe?.name ?? build.level),
      ...build,
    };
  }
}
