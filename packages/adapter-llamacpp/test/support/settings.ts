import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { existsSync, readdirSync } from 'node:fs';
import type { RunShape } from '@plimsoll/domain';
import { afterAll } from 'vitest';

/** An empty folder that is removed after the file's tests. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-embedded-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A run on the host alone, with one difference or another. */
export function shape(change: Partial<RunShape> = {}): RunShape {
  return {
    contextTokens: 256,
    parallel: 1,
    microBatchTokens: 512,
    keyCacheType: 'f16',
    valueCacheType: 'f16',
    flashAttention: 'auto',
    placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
    ...change,
  };
}

/** Mesa's software Vulkan device: a device of its own on a machine that has none. */
export const SOFTWARE_VULKAN = {
  flavor: 'vulkan',
  environment: { GGML_VK_VISIBLE_DEVICES: '0' },
} as const;

/** Whether Mesa's software Vulkan driver is installed. */
export function hasSoftwareVulkan(): boolean {
  const folder = '/usr/share/vulkan/icd.d';
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('lvp_icd'));
}
