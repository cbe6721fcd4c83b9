/** Least and most that a number may be, both allowed. */
export type Bounds = readonly [least: number, most: number];

/**
 * What a person or a program may ask for, whichever door they come by. A number beyond these is a mistake: an engine
 * given it runs out of memory or out of threads long before it could say so.
 */
export const BOUNDS = {
  /** Tokens of a context, and of an answer. */
  contextTokens: [1, 2 ** 24],
  maxTokens: [1, 2 ** 24],
  /** Sequences served at once. */
  parallel: [1, 256],
  /** Prompt tokens that the engine computes at once. */
  microBatchTokens: [1, 2 ** 16],
  /** Layers on devices. */
  gpuLayers: [0, 10_000],
  threads: [1, 1024],
  seed: [0, 2 ** 31 - 1],
  temperature: [0, 5],
  topP: [0, 1],
  topK: [0, 1_000_000],
  topLogprobs: [0, 100],
  /** Milliseconds that a model stays loaded: up to 24 days, as long as a timer runs. */
  keepAliveMs: [0, 2 ** 31 - 1],
  /** Requests that a server answers, and lets wait, at once. */
  concurrentRequests: [1, 1024],
  waitingRequests: [0, 100_000],
  /** Further Ollama servers. */
  ollamaHosts: [0, 32],
  llamaServerArguments: [0, 64],
  /** Adapters of one model, and how strongly each counts. */
  adapters: [0, 16],
  adapterScale: [-100, 100],
  /** Device memory to plan with, bytes: 1 PiB. */
  memoryBytes: [0, 2 ** 50],
} satisfies Record<string, Bounds>;

/** Characters of a prompt, or of all messages of a chat. */
export const MOST_PROMPT_CHARACTERS: number = 16 * 1024 ** 2;
