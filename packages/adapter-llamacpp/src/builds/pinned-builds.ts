import type { EngineFlavor } from '../engine/engine-options.js';

/** A package of the registry, pinned: what it holds cannot change without being noticed. */
export interface PinnedPackage {
  readonly name: string;
  /** Hash of its archive, as npm writes it. */
  readonly integrity: string;
  /** Bytes of its archive. */
  readonly packedBytes: number;
  readonly unpackedBytes: number;
}

/** A build of the engine that can be added. */
export interface PinnedBuild {
  /** Its name for `plimsoll engine`, and of its folder. */
  readonly name: string;
  readonly flavor: Exclude<EngineFlavor, 'auto'>;
  /** Libraries of the system that it is linked to, by their names for the dynamic loader. */
  readonly needs: readonly string[];
  /** The build itself, and packages whose files take the place of its own. */
  readonly packages: readonly [PinnedPackage, ...PinnedPackage[]];
}

const CUDA: PinnedPackage = {
  name: '@node-llama-cpp/linux-x64-cuda',
  integrity: 'sha512-8rQCjyNNLZJUFit+YpjwlC4hwkKgOMIkB2wuycKBf8NU2O3ySKbiWZQ8aw9ku2nUTXjSnUIrE6KB88itduTBuA==',
  packedBytes: 142_898_030,
  unpackedBytes: 189_372_507,
};

const CUDA_EXT: PinnedPackage = {
  name: '@node-llama-cpp/linux-x64-cuda-ext',
  integrity: 'sha512-4e5ajkiM2aR2WAdB/N/ACk4weEhHvOAIrzxZPsIX0xDFW5+6hhShuy1/vs88SK9NGdgAco9IyE28eYS0H1efpA==',
  packedBytes: 176_664_119,
  unpackedBytes: 374_478_342,
};

const VULKAN: PinnedPackage = {
  name: '@node-llama-cpp/linux-x64-vulkan',
  integrity: 'sha512-bBxqU+JOcBu1nb5Qj2zcMci+JByT1E8EajHvYodyNfVIPkEhXh+/HMwR1/BT7xP08YK0hks+kM8fglER0P8JEg==',
  packedBytes: 24_311_427,
  unpackedBytes: 73_766_523,
};

/**
 * The builds that can be added, by platform and processor, the best first. Hashes and sizes are the registry's of
 * 3.22.1 (27 November 2026), needs what `readelf -d` says of `libggml-cuda.so` and `libggml-vulkan.so`.
 */
const BUILDS: Readonly<Record<string, readonly PinnedBuild[]>> = {
  'linux-x64': [
    {
      name: 'cuda-13',
      flavor: 'cuda',
      needs: ['libcuda.so.1', 'libcudart.so.13', 'libcublas.so.13'],
      packages: [CUDA],
    },
    {
      name: 'cuda-12',
      flavor: 'cuda',
      needs: ['libcuda.so.1', 'libcudart.so.12', 'libcublas.so.12'],
      packages: [CUDA, CUDA_EXT],
    },
    { name: 'vulkan', flavor: 'vulkan', needs: ['libvulkan.so.1'], packages: [VULKAN] },
  ],
};

/** The builds that can be added on this machine. */
export function pinnedBuilds(): readonly PinnedBuild[] {
  return BUILDS[`${process.platform}-${process.arch}`] ?? [];
}
