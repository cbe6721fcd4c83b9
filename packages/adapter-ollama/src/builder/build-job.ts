import type { BuildOptions, BuildRequest, InstalledVariant } from '@plimsoll/domain';
import type { BuildSource } from './build-source.js';

/** A build on its way. */
export interface BuildJob {
  readonly request: BuildRequest;
  readonly source: BuildSource;
  readonly installed: readonly InstalledVariant[];
  readonly options: BuildOptions;
}
