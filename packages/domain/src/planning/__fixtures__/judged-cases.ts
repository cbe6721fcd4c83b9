import type { Level } from '../../quantization/level.js';
import type { VariantLevel } from '../../quantization/variant-level.js';
import type { Fit } from '../plan.js';
import type { JUDGED_MODELS } from './judged-models.js';

/** What an expert would answer, before any plan was looked at. */
export interface JudgedCase {
  readonly model: keyof typeof JUDGED_MODELS;
  /** Cards as in the catalogue; none is the processor alone. */
  readonly cards: readonly string[];
  readonly ramGiB: number;
  /** 8,192 tokens, or all that the model has, when absent. */
  readonly context?: number;
  readonly accepted: readonly VariantLevel[];
  readonly fit?: Fit;
  readonly cache?: 'f16' | 'q8_0';
  /** Whether experts have to stay in RAM. */
  readonly expertsInRam?: boolean;
  /** Tokens per second below which the answer would be wrong, whatever the level. */
  readonly least?: number;
  /** Whether the user must be told that the model is too large. */
  readonly poor?: boolean;
  readonly why: string;
}

const UP_TO_Q8: readonly Level[] = ['Q4_K_M', 'Q5_K_M', 'Q6_K', 'Q8_0'];
const FOUR_BITS: readonly Level[] = ['Q4_K_M', 'IQ4_XS'];
const THREE_TO_FOUR: readonly Level[] = ['Q4_K_M', 'IQ4_XS', 'Q3_K_M', 'IQ3_M'];

const on = (
  model: JudgedCase['model'],
  cards: string | readonly string[],
  ramGiB: number,
  accepted: readonly Level[],
  more: Omit<JudgedCase, 'model' | 'cards' | 'ramGiB' | 'accepted'>,
): JudgedCase => ({ model, cards: typeof cards === 'string' ? [cards] : cards, ramGiB, accepted, ...more });

const whole = (why: string, least?: number): Omit<JudgedCase, 'model' | 'cards' | 'ramGiB' | 'accepted'> => ({
  fit: 'full',
  why,
  ...(least === undefined ? {} : { least }),
});

/** Cases with the answers that an expert would accept, and why. */
export const JUDGED_CASES: readonly JudgedCase[] = [
  on(
    'Gemma 2 9B',
    'RTX 4060',
    32,
    FOUR_BITS,
    whole('4 bits with a q8_0 cache fit whole; any more bits spill into RAM', 20),
  ),
  on(
    'Llama 3.1 8B',
    'RTX 4060',
    32,
    ['Q4_K_M', 'Q5_K_M', 'Q6_K'],
    whole('the classic of 8 GB: 4 to 6 bits, whole', 25),
  ),
  on(
    'Llama 3.1 8B',
    'RTX 3060 12GB',
    32,
    ['Q5_K_M', 'Q6_K', 'Q8_0'],
    whole('room for 6 to 8 bits, still faster than reading', 25),
  ),
  on('Llama 3.1 8B', 'RTX 4090', 64, ['Q6_K', 'Q8_0'], whole('F16 fits, at half the speed and no visible gain', 70)),
  on('Llama 3.1 8B', 'RTX 5090', 64, ['Q6_K', 'Q8_0'], whole('F16 fits, at half the speed and no visible gain', 100)),
  on(
    'Llama 3.1 8B',
    'RX 7900 XTX',
    64,
    ['Q6_K', 'Q8_0'],
    whole('24 GB hold anything; 8 bits lose nothing visible', 50),
  ),
  on('Llama 3.1 8B', 'M1 16GB', 16, ['Q4_K_M', 'IQ4_XS', 'Q5_K_M', 'Q6_K'], whole('68 GB/s: fewer bits buy speed', 7)),
  on('Llama 3.1 8B', 'M4 Pro 24GB', 24, UP_TO_Q8, whole('273 GB/s and 24 GB carry any of these', 20)),
  on('Llama 3.1 8B', [], 16, ['Q4_K_M'], whole('on a processor Q4_K_M is the rule; IQ types are slow there', 5)),
  on('Llama 3.1 8B', 'RTX 3060 12GB', 32, ['Q4_K_M', 'Q5_K_M', 'Q6_K'], {
    context: 32_768,
    ...whole('4 GiB of f16 cache: q8_0 halves it'),
  }),
  on('Llama 3.1 8B', 'RTX 4090', 64, UP_TO_Q8, {
    context: 131_072,
    cache: 'q8_0',
    ...whole('16 GiB of f16 cache: only q8_0 leaves room for the weights', 20),
  }),
  on('Llama 3.1 8B', 'RTX 4060', 32, THREE_TO_FOUR, {
    context: 32_768,
    cache: 'q8_0',
    least: 5,
    why: 'a long context on 8 GB: 4 bits and a q8_0 cache',
  }),
  on('Llama 3.2 1B', 'GTX 1650', 16, ['Q6_K', 'Q8_0'], whole('tiny: no reason to go below 6 bits')),
  on('Llama 3.2 1B', [], 8, ['Q5_K_M', 'Q6_K', 'Q8_0'], whole('small enough for 8 bits even on a processor', 10)),
  on('Llama 3.2 3B', [], 8, ['Q4_K_M', 'Q5_K_M', 'Q6_K'], whole('4 to 6 bits keep it readable on a processor', 7)),
  on('Llama 3.2 3B', 'RTX 2060', 16, ['Q5_K_M', 'Q6_K', 'Q8_0'], whole('6 GB hold 3B at 8 bits', 30)),
  on('Gemma 3 4B', 'RTX 4060', 32, ['Q6_K', 'Q8_0'], whole('a small model on 8 GB: 8 bits fit', 35)),
  on('Gemma 3 4B', 'RTX 2060', 16, UP_TO_Q8, whole('fits whole at any of these', 25)),
  on(
    'Phi-3 mini 128k',
    'RTX 4060',
    32,
    UP_TO_Q8,
    whole('full attention heads, yet 8k of cache fit beside 4 to 8 bits', 25),
  ),
  on('Phi-3 mini 128k', 'RTX 3060 12GB', 32, UP_TO_Q8, {
    context: 32_768,
    cache: 'q8_0',
    ...whole('12 GiB of f16 cache: q8_0 or nothing'),
  }),
  on('Qwen2.5 7B', 'RTX 4060', 32, ['Q4_K_M', 'Q5_K_M', 'Q6_K'], whole('as any 7B on 8 GB', 25)),
  on('Qwen2.5 7B', 'RTX 4070', 32, ['Q6_K', 'Q8_0'], whole('12 GB: 6 to 8 bits', 40)),
  on(
    'Gemma 3 12B',
    'RTX 3060 12GB',
    32,
    ['Q4_K_M', 'Q5_K_M', 'Q6_K'],
    whole('sliding windows keep the cache small: more than 4 bits may fit', 15),
  ),
  on('Gemma 3 12B', 'RTX 4060', 32, THREE_TO_FOUR, {
    least: 8,
    why: 'just too large at Q4_K_M: the largest 4 bits that fit, or a few layers in RAM',
  }),
  on('Phi-4 14B', 'RTX 3080', 32, FOUR_BITS, whole('10 GB: 4 bits with a q8_0 cache', 30)),
  on('Qwen2.5 14B', 'RTX 3060 12GB', 32, ['IQ4_XS', 'Q4_K_M', 'Q5_K_M'], whole('12 GB are made for 14B at 4 bits', 15)),
  on('Qwen2.5 14B', 'RTX 4080', 32, ['Q5_K_M', 'Q6_K'], whole('16 GB: 5 to 6 bits', 30)),
  on('Qwen2.5 14B', 'RTX 4060', 32, THREE_TO_FOUR, {
    least: 5,
    why: 'too large for 8 GB: 3 bits whole or 4 bits partly in RAM',
  }),
  on(
    'Qwen2.5 14B',
    ['RTX 4060', 'RTX 4060'],
    32,
    ['Q4_K_M', 'Q5_K_M', 'Q6_K'],
    whole('two cards hold together what neither holds alone', 10),
  ),
  on('Mistral Small 22B', 'RTX 4080', 32, FOUR_BITS, whole('13 GB of 4 bits on 16 GB', 25)),
  on('Mistral Small 22B', 'RTX 4090', 64, ['Q4_K_M', 'Q5_K_M', 'Q6_K'], whole('24 GB: up to 6 bits', 30)),
  on(
    'Gemma 3 27B',
    'RTX 4090',
    64,
    ['Q4_K_M', 'Q5_K_M', 'Q6_K'],
    whole('24 GB: 4 bits, or more thanks to the windows', 25),
  ),
  on('Gemma 3 27B', 'RTX 4080', 64, THREE_TO_FOUR, { least: 8, why: '16 GB: IQ4_XS at the edge, else 3 bits' }),
  on('Qwen3 30B-A3B', 'RTX 4060', 64, FOUR_BITS, {
    fit: 'partial',
    expertsInRam: true,
    least: 12,
    why: '3B active: attention on the card, experts in RAM',
  }),
  on('Qwen3 30B-A3B', 'RTX 3060 12GB', 64, ['IQ4_XS', 'Q4_K_M', 'Q5_K_M'], {
    fit: 'partial',
    expertsInRam: true,
    least: 15,
    why: 'as many experts on the card as fit',
  }),
  on(
    'Qwen3 30B-A3B',
    'RTX 4090',
    64,
    ['IQ4_XS', 'Q4_K_M', 'Q5_K_M'],
    whole('24 GB hold it whole at 4 bits: more than 100 tokens/s', 100),
  ),
  on('Qwen3 30B-A3B', [], 64, ['IQ4_XS', 'Q4_K_M', 'Q5_K_M', 'Q6_K'], whole('3B active make a processor usable', 10)),
  on('DeepSeek-V2-Lite 16B', 'RTX 4060', 32, THREE_TO_FOUR, {
    least: 15,
    why: '2.4B active and a latent cache of 30 KB a token: 4 bits with some experts in RAM, or 3 bits whole',
  }),
  on(
    'DeepSeek-V2-Lite 16B',
    'RTX 3060 12GB',
    32,
    THREE_TO_FOUR,
    whole('9 to 10 GB of 4 bits beside a cache that MLA keeps small', 60),
  ),
  on('DeepSeek-V2-Lite 16B', 'RTX 4090', 64, ['Q5_K_M', 'Q6_K', 'Q8_0'], {
    ...whole('24 GB hold 16.7 GB of 8 bits', 80),
    context: 32_768,
  }),
  on(
    'DeepSeek-V2-Lite 16B',
    [],
    32,
    ['IQ4_XS', 'Q4_K_M', 'Q5_K_M', 'Q6_K'],
    whole('2.4B active run on a processor', 8),
  ),
  on(
    'Granite 4.0 H Tiny 7B',
    'RTX 4060',
    32,
    ['Q5_K_M', 'Q6_K', 'Q8_0'],
    whole('7B of which 1B are active: fast at any level that fits, so as good as fits', 60),
  ),
  on('Granite 4.0 H Tiny 7B', 'RTX 4060', 32, ['Q5_K_M', 'Q6_K'], {
    ...whole('only four layers keep keys and values: 128k tokens cost little', 40),
    context: 131_072,
  }),
  on('Granite 4.0 H Tiny 7B', [], 16, UP_TO_Q8, whole('1B active: a processor is enough', 15)),
  on('Qwen2.5 32B', 'RTX 4090', 64, FOUR_BITS, whole('the classic of 24 GB: 32B at 4 bits', 25)),
  on('Qwen2.5 32B', ['RTX 3090', 'RTX 3090'], 64, ['Q5_K_M', 'Q6_K', 'Q8_0'], whole('48 GB: more than 4 bits', 15)),
  on('Qwen2.5 32B', 'RTX 4080', 64, THREE_TO_FOUR, { least: 4, why: '16 GB: 3 bits at the edge, or a part in RAM' }),
  on('Mixtral 8x7B', 'RTX 4090', 64, THREE_TO_FOUR, {
    least: 10,
    why: '26 GB of 4 bits: some experts in RAM, or 3 bits',
  }),
  on(
    'Mixtral 8x7B',
    ['RTX 3090', 'RTX 3090'],
    64,
    ['Q4_K_M', 'Q5_K_M', 'Q6_K'],
    whole('48 GB: whole at up to 6 bits', 40),
  ),
  on('Llama 3.3 70B', ['RTX 3090', 'RTX 3090'], 64, FOUR_BITS, whole('the classic of two 3090: 70B at 4 bits', 12)),
  on('Llama 3.3 70B', 'RTX A6000', 128, FOUR_BITS, whole('48 GB on one card', 11)),
  on('Llama 3.3 70B', 'H100 PCIe', 256, UP_TO_Q8, whole('80 GB: any of these, at reading speed or more', 15)),
  on('Llama 3.3 70B', 'M3 Max 64GB', 64, FOUR_BITS, whole("three quarters of 64 GB are the GPU's", 6)),
  on('Llama 3.3 70B', 'M2 Ultra 192GB', 192, UP_TO_Q8, whole('room for all; at 800 GB/s fewer bits buy speed', 7)),
  on('Llama 3.3 70B', 'RTX 4090', 64, [...THREE_TO_FOUR, 'Q2_K'], {
    poor: true,
    why: 'half of it in RAM: too slow, and it must be said',
  }),
  on('Llama 3.3 70B', [], 64, [...THREE_TO_FOUR, 'Q2_K'], {
    poor: true,
    why: 'about one token a second: it must be said',
  }),
  on('Qwen3 235B-A22B', 'RTX 4090', 128, [...THREE_TO_FOUR, 'Q2_K'], {
    fit: 'partial',
    expertsInRam: true,
    least: 2,
    why: 'experts in 128 GB of RAM at 2 to 4 bits',
  }),
];
