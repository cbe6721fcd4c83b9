import { join } from 'node:path';
import { DEFAULT_SERVICE_LIMITS } from '@plimsoll/domain';
import { userFolder } from '@plimsoll/local-models';
import type { FlatSettings } from './fields/flat-settings.js';
import type { ConfigSurroundings } from './files/config-path.js';

/**
 * What holds when nothing else is said: the embedded engine, quantization on, and 8 bits, the founding default
 * and the careful one.
 */
export function defaultSettings(surroundings: ConfigSurroundings): FlatSettings {
  const data = userFolder('data', surroundings);
  return {
    backend: 'embedded',
    model: null,
    ollamaHost: 'http://127.0.0.1:11434',
    ollamaHosts: [],
    openaiBaseUrl: null,
    openaiApiKey: null,
    quantizationEnabled: true,
    quantizationBits: 8,
    quantizationLevel: null,
    naming: 'library',
    modelOverrides: {},
    modelAliases: {},
    gpuMemoryLimitBytes: null,
    usageSwitch: null,
    memoryMarginFraction: 0.1,
    contextTokens: null,
    keyCacheType: 'f16',
    valueCacheType: 'f16',
    threads: null,
    llamaServerPath: null,
    llamaServerArguments: [],
    registryLookups: true,
    modelsFolder: join(data, 'models'),
    storeFile: join(data, 'measurements.db'),
    accessTokens: [],
    httpHost: '127.0.0.1',
    httpPort: 11435,
    limits: DEFAULT_SERVICE_LIMITS,
    qualityThreshold: null,
  };
}
