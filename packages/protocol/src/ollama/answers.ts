import { z } from 'zod';

/**
 * The parts of Ollama's answers that are used, each as small as possible. Go leaves out zero values. Durations are
 * nanoseconds, sizes bytes. What is not named here is dropped on reading.
 */

const count = z.number().int().nonnegative().nullish();

const details = z.object({
  format: z.string().nullish(),
  family: z.string().nullish(),
  families: z.array(z.string()).nullish(),
  parameter_size: z.string().nullish(),
  quantization_level: z.string().nullish(),
});

/** `GET /api/version` */
export const versionAnswer = z.object({ version: z.string() });

/** `GET /api/tags`. A server without models writes null. */
export const tagsAnswer = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        model: z.string().nullish(),
        size: count,
        digest: z.string().nullish(),
        modified_at: z.string().nullish(),
        details: details.nullish(),
        capabilities: z.array(z.string()).nullish(),
      }),
    )
    .nullable(),
});
export type TagsAnswer = z.infer<typeof tagsAnswer>;
export type TagEntry = NonNullable<TagsAnswer['models']>[number];

/** `GET /api/ps` */
export const residentAnswer = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        size: count,
        size_vram: count,
        context_length: count,
        expires_at: z.string().nullish(),
      }),
    )
    .nullable(),
});
export type ResidentAnswer = z.infer<typeof residentAnswer>;
export type ResidentEntry = NonNullable<ResidentAnswer['models']>[number];

/** `POST /api/show`. `tensors` come since 0.34 only when `verbose` is asked for. */
export const showAnswer = z.object({
  modelfile: z.string().nullish(),
  parameters: z.string().nullish(),
  template: z.string().nullish(),
  system: z.string().nullish(),
  license: z.string().nullish(),
  details: details.nullish(),
  messages: z.array(z.object({ role: z.string(), content: z.string().nullish() })).nullish(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
  tensors: z
    .array(z.object({ name: z.string(), type: z.string(), shape: z.array(z.number().int().nonnegative()) }))
    .nullish(),
  capabilities: z.array(z.string()).nullish(),
});
export type ShowAnswer = z.infer<typeof showAnswer>;

/** `POST /api/embed` */
export const embedAnswer = z.object({ embeddings: z.array(z.array(z.number())) });

/** One line of `POST /api/pull` and `/api/create`. The last one has the status `success`. */
export const progressAnswer = z.object({
  status: z.string().nullish(),
  digest: z.string().nullish(),
  total: count,
  completed: count,
});
export type ProgressAnswer = z.infer<typeof progressAnswer>;

const tokenLogprob = z.object({ token: z.string(), logprob: z.number() });
const logprobAnswer = tokenLogprob.extend({ top_logprobs: z.array(tokenLogprob).nullish() });
export type LogprobAnswer = z.infer<typeof logprobAnswer>;

/** One line of `POST /api/generate` (`response`) and `/api/chat` (`message`). The last one is `done`. */
export const generateAnswer = z.object({
  model: z.string().nullish(),
  created_at: z.string().nullish(),
  response: z.string().nullish(),
  thinking: z.string().nullish(),
  message: z
    .object({ role: z.string().nullish(), content: z.string().nullish(), thinking: z.string().nullish() })
    .nullish(),
  logprobs: z.array(logprobAnswer).nullish(),
  done: z.boolean().nullish(),
  done_reason: z.string().nullish(),
  total_duration: count,
  load_duration: count,
  prompt_eval_count: count,
  prompt_eval_duration: count,
  eval_count: count,
  eval_duration: count,
});
export type GenerateAnswer = z.infer<typeof generateAnswer>;
