import { readFile } from 'node:fs/promises';
import {
  InvalidInputError,
  MOST_PROMPT_CHARACTERS,
  StorageFailedError,
  type GenerateRequest,
  type JsonSchema,
  type LoadOptions,
} from '@plimsoll/domain';
import type { RunFlags } from './run.flags.js';

/** Largest picture that is sent, in bytes. */
const LARGEST_IMAGE = 50 * 1024 ** 2;

/** The request that arguments and flags describe. Files that they name are read. */
export async function runRequest(model: string, prompt: string, flags: RunFlags): Promise<GenerateRequest> {
  return {
    model,
    input: {
      kind: 'prompt',
      prompt,
      system: flags.system,
      raw: flags.raw,
      images: await readImages(flags),
    },
    temperature: flags.temperature,
    seed: flags.seed,
    maxTokens: flags.maxTokens,
    stop: flags.stop,
    format: flags.format === undefined ? undefined : await readFormat(flags.format),
    load: loadOfFlags(flags),
  };
}

/** What flags say about loading; it holds whatever a plan or the settings say. */
export function loadOfFlags({
  context,
  kv,
  parallel,
  ubatch,
  flashAttention,
  gpuLayers,
  nCpuMoe,
  lora,
}: RunFlags): LoadOptions {
  return {
    contextTokens: context,
    parallel,
    microBatchTokens: ubatch,
    adapters: lora,
    flashAttention,
    keyCacheType: kv?.keyCacheType,
    valueCacheType: kv?.valueCacheType,
    placement: { gpuLayers, expertLayersOnHost: nCpuMoe },
  };
}

/** The pictures that flags name, as the request has them. */
export async function readImages({ image }: RunFlags): Promise<readonly string[] | undefined> {
  return image === undefined ? undefined : Promise.all(image.map(readImage));
}

/** The prompt: the argument, or what is piped in. @throws InvalidInputError when there is neither. */
export async function readPrompt(
  prompt: string | undefined,
  stdin: AsyncIterable<unknown> & { readonly isTTY?: boolean },
): Promise<string> {
  if (prompt !== undefined && prompt !== '-') return prompt;
  if (stdin.isTTY === true) {
    throw new InvalidInputError('There is no prompt.', {
      hint: 'Give one after the model, or pipe one in: echo "Hello" | plimsoll run MODEL',
    });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > MOST_PROMPT_CHARACTERS) throw new InvalidInputError('The prompt from stdin is larger than 16 MiB.');
    chunks.push(piece);
  }
  const text = Buffer.concat(chunks).toString('utf8').trimEnd();
  if (text === '') throw new InvalidInputError('The prompt from stdin is empty.');
  return text;
}

async function readImage(path: string): Promise<string> {
  const bytes = await readNamed('--image', path);
  if (bytes.length > LARGEST_IMAGE) throw new InvalidInputError(`--image ${path} is larger than 50 MiB.`);
  return bytes.toString('base64');
}

/** `--format` as the request has it. */
export async function readFormat(format: string): Promise<'json' | JsonSchema> {
  if (format.toLowerCase() === 'json') return 'json';
  const text = (await readNamed('--format', format)).toString('utf8');
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as JsonSchema;
  } catch (cause) {
    throw new InvalidInputError(`--format ${format} holds no JSON.`, { cause });
  }
  throw new InvalidInputError(`--format ${format} holds no JSON schema: an object is needed.`);
}

async function readNamed(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new InvalidInputError(`${flag} names ${path}, which does not exist.`, { cause });
    if (code === 'EISDIR') throw new InvalidInputError(`${flag} names ${path}, which is a folder.`, { cause });
    throw new StorageFailedError(`${flag} names ${path}, which cannot be read (${code ?? 'unknown reason'}).`, {
      cause,
    });
  }
}
