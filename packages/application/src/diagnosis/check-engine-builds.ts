import type { GpuDevice } from '@plimsoll/domain';
import { finding } from './finding.js';
import type { Finding } from './finding.js';

/** A build of the embedded engine, as far as a diagnosis looks at it. */
export interface DiagnosedBuild {
  readonly name: string;
  readonly flavor: string;
  /** Null when it is not on this machine, and could be added. */
  readonly origin: string | null;
  /** Libraries of the system that it needs and that are not found. */
  readonly missing: readonly string[];
  readonly inUse: boolean;
}

/** Says on which build models run, and warns when a device is not used because no build that is here fits it. */
export function checkEngineBuilds(
  builds: readonly DiagnosedBuild[],
  devices: readonly Pick<GpuDevice, 'name' | 'vendor'>[],
): readonly Finding[] {
  const used = builds.find(({ inUse }) => inUse);
  // Without one the backend does not answer, and another check says so.
  if (used === undefined) return [];
  const [idle] = used.flavor === 'cpu' ? devices : [];
  if (idle === undefined) return [finding('engine', 'ok', { kind: 'engine-build', build: used.name })];
  const flavors = idle.vendor === 'nvidia' ? ['cuda', 'vulkan'] : ['vulkan'];
  const fitting = flavors.flatMap((flavor) => builds.filter((build) => build.flavor === flavor));
  const { name: device } = idle;
  const addable = fitting.find(({ origin, missing }) => origin === null && missing.length === 0);
  if (addable !== undefined) {
    const build = addable.flavor;
    return [
      finding('engine', 'warning', { kind: 'device-without-build', device }, { kind: 'add-engine-build', build }),
    ];
  }
  const [first] = fitting;
  if (first === undefined) return [finding('engine', 'ok', { kind: 'engine-build', build: used.name })];
  const { name: build, missing, origin } = first;
  const fact = { kind: 'device-without-libraries', device, build, missing } as const;
  const remedies = origin === null ? [{ kind: 'add-engine-build', build: first.flavor } as const] : [];
  return [finding('engine', 'warning', fact, ...remedies)];
}
