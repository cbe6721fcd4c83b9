/** Which of the shipped builds to run: `auto` takes one with a device when the machine seems to have one. */
export type EngineFlavor = 'auto' | 'cpu' | 'vulkan' | 'cuda' | 'metal';

/** How the embedded engine is set up. Every field has a default. */
export interface EngineOptions {
  readonly flavor?: EngineFlavor | undefined;
  /** Environment variables for the engine's processes, over those of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Where builds lie that were added on request; `engines` in the user's data folder when absent. */
  readonly buildsFolder?: string | undefined;
  /** A folder with the engine's libraries, instead of the shipped ones; for tests. */
  readonly librariesFolder?: string | undefined;
}
