import { parseModelReference } from '@plimsoll/domain';
import type {
  BuildMethod,
  BuildOptions,
  BuildRequest,
  BuiltVariant,
  CallOptions,
  VariantBuilder,
} from '@plimsoll/domain';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Makes levels that a server no longer makes: the embedded quantizer writes them from a local file, the server
 * imports the result. Bound after the server's own builder, for what that cannot make.
 */
export class QuantizeThenImportBuilder implements VariantBuilder {
  readonly #quantizer: () => Promise<VariantBuilder>;
  readonly #importer: VariantBuilder;

  constructor(quantizer: () => Promise<VariantBuilder>, importer: VariantBuilder) {
    this.#quantizer = quantizer;
    this.#importer = importer;
  }

  async methods(request: BuildRequest): Promise<readonly BuildMethod[]> {
    if (!goesFromFileToServer(request)) return [];
    const quantizer = await this.#quantizer();
    const own = await quantizer.methods({ ...request, target: `${request.source}.${request.level}.gguf` });
    return own.length > 0 ? ['import'] : [];
  }

  async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuiltVariant> {
    const quantizer = await this.#quantizer();
    // Beside nothing of the user's: the server copies the file, and then it has done its duty.
    const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-import-'));
    try {
      const file = path.join(folder, `${request.level}.gguf`);
      await quantizer.build({ ...request, target: file }, options);
      return await this.#importer.build({ source: file, target: request.target, level: request.level }, options);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async dryRun(request: BuildRequest, options?: CallOptions): Promise<{ readonly sizeBytes: number } | null> {
    return goesFromFileToServer(request) ? (await this.#quantizer()).dryRun(request, options) : null;
  }
}

const goesFromFileToServer = ({ source, target }: BuildRequest): boolean =>
  parseModelReference(source).kind === 'file' && parseModelReference(target).kind !== 'file';
