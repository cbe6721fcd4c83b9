import { z } from 'zod';

/** The parts of Ollama's answers that are used here, each as small as can be. Go leaves out zero values. */

const count = z.number().int().nonnegative().nullish();

interface DetailsAnswer {
  readonly family?: string | null | undefined;
  readonly parameter_size?: string | null | undefined;
  readonly quantization_level?: string | null | undefined;
}

const details: z.ZodType<DetailsAnswer> = z.object({
  family: z.string().nullish(),
  parameter_size: z.string().nullish(),
  quantization_level: z.string().nullish(),
});

export interface TagsAnswer {
  readonly models?:
    | readonly {
        readonly name: string;
        readonly size?: number | null | undefined;
        readonly digest?: string | null | undefined;
        readonly modified_at?: string | null | undefined;
        readonly details?: DetailsAnswer | null | undefined;
        readonly capabilities?: readonly string[] | null | undefined;
      }[]
    | null
    | undefined;
}

/** `GET /api/tags` */
export const tagsAnswer: z.ZodType<TagsAnswer> = z.object({
  models: z
    .array(
      z.object({
        name: z.string(),
        size: count,
        digest: z.string().nullish(),
        modified_at: z.string().nullish(),
        details: details.nullish(),
        capabilities: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
});

export interface ResidentAnswer {
  readonly models?:
    | readonly {
        readonly name: string;
        readonly size?: number | null | undefined;
        readonly size_vram?: number | null | undefined;
        readonly context_length?: number | null | undefined;
        readonly expires_at?: string | null | undefined;
      }[]
    | null
    | undefined;
}

/** `GET /api/ps` */
export const residentAnswer: z.ZodType<ResidentAnswer> = z.object({
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
    .nullish(),
});

/** `GET /api/version` */
export const versionAnswer: z.ZodType<{ readonly version: string }> = z.object({ version: z.string() });

export interface ShowAnswer {
  readonly modelfile?: string | null | undefined;
  readonly parameters?: string | null | undefined;
  readonly template?: string | null | undefined;
  readonly details?: DetailsAnswer | null | undefined;
  readonly model_info?: Readonly<Record<string, unknown>> | null | undefined;
  readonly tensors?:
    readonly { readonly name: string; readonly type: string; readonly shape: readonly number[] }[] | null | undefined;
  readonly capabilities?: readonly string[] | null | undefined;
}

/** `POST /api/show` */
export const showAnswer: z.ZodType<ShowAnswer> = z.object({
  modelfile: z.string().nullish(),
  parameters: z.string().nullish(),
  template: z.string().nullish(),
  details: details.nullish(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
  tensors: z
    .array(z.object({ name: z.string(), type: z.string(), shape: z.array(z.number().int().nonnegative()) }))
    .nullish(),
  capabilities: z.array(z.string()).nullish(),
});

/** `POST /api/embed` */
export const embedAnswer: z.ZodType<{ readonly embeddings: readonly (readonly number[])[] }> = z.object({
  embeddings: z.array(z.array(z.number())),
});

export interface ProgressAnswer {
  readonly status?: string | null | undefined;
  readonly digest?: string | null | undefined;
  readonly total?: number | null | undefined;
  readonly completed?: number | null | undefined;
}

/** One line of `POST /api/pull` and `/api/create` */
export const progressAnswer: z.ZodType<ProgressAnswer> = z.object({
  status: z.string().nullish(),
  digest: z.string().nullish(),
  total: count,
  completed: count,
});

export interface LogprobAnswer {
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs?: readonly { readonly token: string; readonly logprob: number }[] | null | undefined;
}

export interface GenerateAnswer {
  readonly response?: string | null | undefined;
  readonly thinking?: string | null | undefined;
  readonly message?:
    { readonly content?: string | null | undefined; readonly thinking?: string | null | undefined } | null | undefined;
  readonly logprobs?: readonly LogprobAnswer[] | null | undefined;
  readonly done?: boolean | null | undefined;
  readonly done_reason?: string | null | undefined;
  readonly load_duration?: number | null | undefined;
  readonly prompt_eval_count?: number | null | undefined;
  readonly prompt_eval_duration?: number | null | undefined;
  readonly eval_count?: number | null | undefined;
  readonly eval_duration?: number | null | undefined;
}

const tokenLogprob = z.object({ token: z.string(), logprob: z.number() });

/** One line of `POST /api/generate` (`response`) and `/api/chat` (`message`). Durations are nanoseconds. */
export const generateAnswer: z.ZodType<GenerateAnswer> = z.object({
  response: z.string().nullish(),
  thinking: z.string().nullish(),
  message: z.object({ content: z.string().nullish(), thinking: z.string().nullish() }).nullish(),
  logprobs: z.array(tokenLogprob.extend({ top_logprobs: z.array(tokenLogprob).nullish() })).nullish(),
  done: z.boolean().nullish(),
  done_reason: z.string().nullish(),
  load_duration: count,
  prompt_eval_count: count,
  prompt_eval_duration: count,
  eval_count: count,
  eval_duration: count,
});
