import { BOUNDS, KV_CACHE_TYPES, parseLevel } from '@plimsoll/domain';
import type { Bits, Bounds, KvCacheType, Level } from '@plimsoll/domain';
import { z } from 'zod';
import { absolutePath } from './file-place.js';
import {
  ALLOWED_CACHE_TYPES,
  ALLOWED_LEVELS,
  decodeOverrides,
  encodeOverrides,
  levelSchema,
  overridesSchema,
} from './model-override-fields.js';
import { ollamaBaseUrl } from './ollama-host.js';
import { convertedField, plainField } from './setting-field.js';
import type { SettingField } from './setting-field.js';

/** `gpu_memory_limit_mb` counts as GPU tools do: 1 MB is 1,048,576 bytes. */
const BYTES_PER_MB = 1024 * 1024;

const text = (): z.ZodString => z.string().min(1);
const hostText = (): z.ZodString => text().refine((value) => ollamaBaseUrl(value) !== null);
const httpUrl = (): z.ZodString => text().refine((value) => /^https?:\/\//iu.test(value) && URL.canParse(value));
const whole = ([least, most]: Bounds): z.ZodInt => z.int().min(least).max(most);
const kvCacheType = (): z.ZodType<KvCacheType> => z.enum(KV_CACHE_TYPES);

/** The keys of the section `ai`: models, backends and quantization. Those of the founding format come first. */
export const AI_FIELDS: readonly SettingField[] = [
  plainField({
    setting: 'backend',
    path: 'ai.llm_provider',
    environment: ['PLIMSOLL_BACKEND', 'PLIMSOLL_LLM_PROVIDER'],
    description: 'Which backend runs the models.',
    allowed: 'the id of a backend',
    schema: text,
  }),
  plainField({
    setting: 'model',
    path: 'ai.llm_model',
    environment: ['PLIMSOLL_MODEL', 'PLIMSOLL_LLM_MODEL'],
    description: 'The model to use when a command names none.',
    allowed: 'a model name, or null for none',
    schema: () => text().nullable(),
  }),
  convertedField({
    setting: 'ollamaHost',
    path: 'ai.ollama_host',
    environment: ['PLIMSOLL_OLLAMA_HOST', 'OLLAMA_HOST'],
    description: 'Where the Ollama server answers.',
    allowed: 'an address such as "http://localhost:11434" or "192.168.1.5:11434"',
    schema: hostText,
    decode: (value) => ollamaBaseUrl(value) ?? value,
    encode: (setting) => setting,
  }),
  convertedField<'ollamaHosts', readonly string[]>({
    setting: 'ollamaHosts',
    path: 'ai.ollama_hosts',
    description: 'Further Ollama servers; the one that has a model in memory answers, and another where one fails.',
    allowed: 'a list of addresses',
    schema: () => z.array(hostText()).max(BOUNDS.ollamaHosts[1]),
    decode: (values) => values.map((value) => ollamaBaseUrl(value) ?? value),
    encode: (setting) => setting,
  }),
  plainField({
    setting: 'quantizationEnabled',
    path: 'ai.enable_quantization',
    description: 'Whether model names are resolved to quantized variants.',
    allowed: 'true or false',
    schema: () => z.boolean(),
  }),
  plainField({
    setting: 'quantizationBits',
    path: 'ai.quantization_bits',
    description: 'How coarse the variants are, in bits per weight: 4 is Q4_K_M, 8 is Q8_0, 16 is F16.',
    allowed: '4, 8 or 16',
    schema: () => z.literal([4, 8, 16] satisfies Bits[]),
  }),
  convertedField<'gpuMemoryLimitBytes', number | null>({
    setting: 'gpuMemoryLimitBytes',
    path: 'ai.gpu_memory_limit_mb',
    description: 'Most device memory that may be used, in megabytes of 1,048,576 bytes.',
    allowed: 'a number of megabytes above 0, or null for no limit',
    schema: () => z.number().positive().nullable(),
    decode: (value) => (value === null ? null : Math.round(value * BYTES_PER_MB)),
    encode: (setting) => (setting === null ? null : setting / BYTES_PER_MB),
  }),
  convertedField<'quantizationLevel', string | null>({
    setting: 'quantizationLevel',
    path: 'ai.quantization_level',
    description: 'A quantization level by name; it wins over quantization_bits.',
    allowed: `${ALLOWED_LEVELS}, or null to go by the bits`,
    schema: () => levelSchema().nullable(),
    decode: (value): Level | null => (value === null ? null : parseLevel(value)),
    encode: (setting) => setting,
  }),
  convertedField({
    setting: 'modelOverrides',
    path: 'ai.model_overrides',
    description: 'Quantization settings of single models, by model name.',
    allowed: 'an object with one object per model name',
    schema: overridesSchema,
    decode: decodeOverrides,
    encode: encodeOverrides,
  }),
  plainField({
    setting: 'modelAliases',
    path: 'ai.model_aliases',
    description:
      'Names that clients of the server may ask for, with `*` and `?` as in patterns, and what each stands for.',
    allowed: 'an object with a model, or model@LEVEL, for each name',
    schema: () => z.record(z.string().min(1), text()),
  }),
  plainField({
    setting: 'naming',
    path: 'ai.naming_scheme',
    description: 'How variants are named: as in the Ollama library, or with the level as a prefix of the tag.',
    allowed: '"library" or "prefix"',
    schema: () => z.enum(['library', 'prefix']),
  }),
  plainField({
    setting: 'openaiBaseUrl',
    path: 'ai.openai_base_url',
    description: 'Where the OpenAI-compatible server answers, with its /v1.',
    allowed: 'a URL such as "http://localhost:8080/v1", or null for none',
    schema: () => httpUrl().nullable(),
  }),
  plainField({
    setting: 'openaiApiKey',
    path: 'ai.openai_api_key',
    description: 'Key for the OpenAI-compatible server. Never shown.',
    allowed: 'a text, or null for none',
    secret: true,
    schema: () => text().nullable(),
  }),
  plainField({
    setting: 'memoryMarginFraction',
    path: 'ai.memory_margin_fraction',
    description: 'Share of device memory that is left free.',
    allowed: 'a number from 0 up to, not including, 1',
    schema: () => z.number().min(0).lt(1),
  }),
  plainField({
    setting: 'contextTokens',
    path: 'ai.context_tokens',
    description: 'Context length to plan and run with.',
    allowed: `a whole number of tokens from ${BOUNDS.contextTokens.join(' to ')}, or null for the default of the model`,
    schema: () => whole(BOUNDS.contextTokens).nullable(),
  }),
  plainField({
    setting: 'keyCacheType',
    path: 'ai.key_cache_type',
    description: 'Type of the keys in the KV cache.',
    allowed: ALLOWED_CACHE_TYPES,
    schema: kvCacheType,
  }),
  plainField({
    setting: 'valueCacheType',
    path: 'ai.value_cache_type',
    description: 'Type of the values in the KV cache.',
    allowed: ALLOWED_CACHE_TYPES,
    schema: kvCacheType,
  }),
  plainField({
    setting: 'threads',
    path: 'ai.threads',
    description: 'Threads of the embedded engine.',
    allowed: `a whole number from ${BOUNDS.threads.join(' to ')}, or null to let the engine choose`,
    schema: () => whole(BOUNDS.threads).nullable(),
  }),
  convertedField<'llamaServerPath', string | null>({
    setting: 'llamaServerPath',
    path: 'ai.llama_server.path',
    environment: ['PLIMSOLL_LLAMA_SERVER'],
    description: 'The llama-server program of the backend llama-server. Relative paths start at the file.',
    allowed: 'a path, or null for the first llama-server on the PATH',
    schema: () => text().nullable(),
    decode: (value, place) => (value === null ? null : absolutePath(value, place)),
    encode: (setting) => setting,
  }),
  plainField({
    setting: 'llamaServerArguments',
    path: 'ai.llama_server.arguments',
    environment: ['PLIMSOLL_LLAMA_SERVER_ARGUMENTS'],
    description: 'Further arguments of every llama-server that is started, such as "--lora" and a file.',
    allowed: 'a list of texts',
    schema: () => z.array(text()).max(BOUNDS.llamaServerArguments[1]),
  }),
  plainField({
    setting: 'registryLookups',
    path: 'ai.registry_lookups',
    description:
      'Whether public registries are asked about models that are planned or made, and give them; they learn which.',
    allowed: 'true or false',
    schema: () => z.boolean(),
  }),
  convertedField({
    setting: 'modelsFolder',
    path: 'ai.models_folder',
    description: 'Folder with the GGUF files of the embedded engine. Relative paths start at the file.',
    allowed: 'a path',
    schema: text,
    decode: absolutePath,
    encode: (setting) => setting,
  }),
  plainField({
    setting: 'qualityThreshold',
    path: 'ai.quality_threshold',
    description: 'Warn when a variant agrees with its reference on fewer top tokens than this share.',
    allowed: 'a number from 0 to 1, or null for no warning',
    schema: () => z.number().min(0).max(1).nullable(),
  }),
];
