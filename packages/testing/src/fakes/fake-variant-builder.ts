import { CancelledError, throwIfCancelled } from '@plimsoll/domain';
import type {
  BuildMethod,
  BuildOptions,
  BuildRequest,
  BuiltVariant,
  CallOptions,
  VariantBuilder,
} from '@plimsoll/domain';
import type { InMemoryModelRuntime } from './in-memory-model-runtime.js';
import { installedVariant } from './installed-variant.js';

/** A builder that installs what it is asked for into an in-memory runtime, at once. */
export class FakeVariantBuilder implements VariantBuilder {
  /** Every build it was asked for. */
  readonly requests: BuildRequest[] = [];
  readonly #runtime: InMemoryModelRuntime;
  readonly #method: BuildMethod | null;

  constructor(runtime: InMemoryModelRuntime, method: BuildMethod | null = 'quantize') {
    this.#runtime = runtime;
    this.#method = method;
  }

  async methods(_request: BuildRequest, { signal }: CallOptions = {}): Promise<readonly BuildMethod[]> {
    throwIfCancelled(signal, 'The question was cancelled.');
    return this.#method === null ? [] : [this.#method];
  }

  async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuiltVariant> {
    if (options.signal?.aborted) throw new CancelledError('The build was cancelled.');
    this.requests.push(request);
    options.onProgress?.({ phase: 'quantizing', completed: 1, total: 1, unit: 'tensors' });
    const variant = installedVariant({ name: request.target, level: request.level, sizeBytes: 100, digest: null });
    this.#runtime.variants.push(variant);
    return { name: variant.name, path: null, sizeBytes: variant.sizeBytes, digest: variant.digest };
  }

  async dryRun(): Promise<{ readonly sizeBytes: number } | null> {
    return this.#method === 'quantize' ? { sizeBytes: 100 } : null;
  }
}
