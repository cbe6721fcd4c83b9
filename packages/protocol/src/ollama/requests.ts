import { z } from 'zod';

/**
 * Ollama's requests, as a server reads and a client writes them (`api/types.go`). Fields that are not named here go
 * through untouched: a client may know more than we do.
 */

/** Seconds, or a Go duration such as `5m`; negative keeps the model for ever. */
const keepAlive = z.union([z.number(), z.string()]);
/** `json`, or a JSON schema. */
const format = z.union([z.string(), z.record(z.string(), z.unknown())]);
const think = z.union([z.boolean(), z.string()]);
const options = z.record(z.string(), z.unknown());
/** Older clients write `name`. */
const named = { model: z.string().optional(), name: z.string().optional() };

/** What `generate` and `chat` share. An absent `stream` means streaming. */
const generation = {
  ...named,
  stream: z.boolean().nullish(),
  options: options.nullish(),
  keep_alive: keepAlive.nullish(),
  format: format.nullish(),
  think: think.nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
};

/** `POST /api/generate`. An empty prompt loads the model, or unloads it with a `keep_alive` of 0. */
export const generateRequest = z.looseObject({
  ...generation,
  prompt: z.string().nullish(),
  suffix: z.string().nullish(),
  system: z.string().nullish(),
  template: z.string().nullish(),
  raw: z.boolean().nullish(),
  images: z.array(z.string()).nullish(),
});
export type GenerateRequest = z.infer<typeof generateRequest>;

/** One message of a conversation; images are base64. */
export const chatMessage = z.looseObject({
  role: z.string(),
  content: z.string().nullish(),
  images: z.array(z.string()).nullish(),
  thinking: z.string().nullish(),
  tool_calls: z.array(z.unknown()).nullish(),
});

/** `POST /api/chat` */
export const chatRequest = z.looseObject({
  ...generation,
  messages: z.array(chatMessage).nullish(),
  tools: z.array(z.unknown()).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

/** `POST /api/embed`, and with `prompt` the older `/api/embeddings`. */
export const embedRequest = z.looseObject({
  ...named,
  input: z.union([z.string(), z.array(z.string())]).optional(),
  prompt: z.string().optional(),
  truncate: z.boolean().nullish(),
  dimensions: z.number().int().positive().nullish(),
  options: options.nullish(),
  keep_alive: keepAlive.nullish(),
});
export type EmbedRequest = z.infer<typeof embedRequest>;

/** `POST /api/show` */
export const showRequest = z.looseObject({ ...named, verbose: z.boolean().nullish() });
export type ShowRequest = z.infer<typeof showRequest>;

/** `POST /api/pull` and `/api/push` */
export const transferRequest = z.looseObject({
  ...named,
  stream: z.boolean().nullish(),
  insecure: z.boolean().nullish(),
});
export type TransferRequest = z.infer<typeof transferRequest>;

/** `POST /api/create`. `files` and `adapters` map file names to `sha256:…` digests of uploaded blobs. */
export const createRequest = z.looseObject({
  ...named,
  stream: z.boolean().nullish(),
  /** An installed model to start from; it is pulled when it is not there. */
  from: z.string().optional(),
  files: z.record(z.string(), z.string()).optional(),
  adapters: z.record(z.string(), z.string()).optional(),
  /** A level as Ollama writes it. */
  quantize: z.string().optional(),
  template: z.string().optional(),
  system: z.string().optional(),
  license: z.union([z.string(), z.array(z.string())]).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  messages: z.array(chatMessage).optional(),
});
export type CreateRequest = z.infer<typeof createRequest>;

/** `POST /api/copy` */
export const copyRequest = z.looseObject({ source: z.string(), destination: z.string() });
export type CopyRequest = z.infer<typeof copyRequest>;

/** `DELETE /api/delete` */
export const deleteRequest = z.looseObject({ ...named });
export type DeleteRequest = z.infer<typeof deleteRequest>;
