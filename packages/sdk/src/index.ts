export { createPlimsoll } from './create-plimsoll.js';
export type { PlimsollOptions } from './plimsoll-options.js';
export type { CompareQuantizationOptions, GenerateOptions, GeneratedText, Plimsoll } from './plimsoll.js';
export { createAiSelector } from './create-ai-selector.js';
export type { AiSelector, AiSelectorOptions, BatchOptions, ComparePerformanceOptions } from './ai-selector.js';
