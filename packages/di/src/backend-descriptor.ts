import type { ModelInspector, Settings, VariantBuilder } from '@plimsoll/domain';
import type { ContainerModule } from 'inversify';

/** What a backend is given beside its settings. */
export interface BackendTools {
  /** Reads the headers of GGUF files on this machine. */
  readonly files: ModelInspector;
  /** Quantizes GGUF files on this machine, for a server that imports what it does not make. Whoever asks closes it. */
  readonly quantizer: () => Promise<VariantBuilder & { close(): Promise<void> }>;
}

/**
 * A backend as its adapter describes it, in the package's `./backend` entry: all that is known without opening it.
 * Reading the description must cost nothing, so the entry imports the adapter itself inside `module` only.
 */
export interface BackendDescriptor {
  /** As in `ai.llm_provider` and `--backend`. */
  readonly id: string;
  /** The settings that it is opened with; when one of them changes, it is opened anew. */
  readonly settings: readonly (keyof Settings)[];
  /** How its variants are named: like files, or as tags in the naming scheme of the settings. */
  readonly variantNames: 'file' | 'tag';
  /** Whether its models are GGUF files of this machine, so that their headers show which variants there are. */
  readonly runsFiles: boolean;
  /** Whether it downloads models by itself: names that are not installed are those of the public Ollama library. */
  readonly downloads: boolean;
  /** Whether models run on this machine, so that a plan for it holds. Absent: where it runs files, they do. */
  readonly runsHere?: (settings: Settings) => boolean;
  /**
   * Imports the adapter. The module binds at least `MODEL_RUNTIME` and `MODEL_CATALOG`, as singletons that are closed
   * when they are deactivated.
   * @throws InvalidConfigError when a setting that it needs is missing
   */
  readonly module: (settings: Settings, tools: BackendTools) => Promise<ContainerModule>;
}
