import type { InstalledVariant } from '@plimsoll/domain';

/** An installed variant of which only the interesting fields are given; the rest is unknown. */
export function installedVariant(known: Partial<InstalledVariant> & { readonly name: string }): InstalledVariant {
  return {
    level: null,
    sizeBytes: null,
    digest: null,
    architecture: null,
    parameterSize: null,
    modifiedAtMs: null,
    ...known,
  };
}
