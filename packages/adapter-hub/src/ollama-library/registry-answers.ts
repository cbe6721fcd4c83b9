import { BackendFailedError, UnsupportedModelError, parseLevel, type Level } from '@plimsoll/domain';
import { z } from 'zod';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const layer = z.object({ mediaType: z.string(), digest: digest, size: z.number().int().nonnegative() });
const manifestAnswer = z.object({ config: layer.pick({ digest: true }), layers: z.array(layer) });
const configAnswer = z.object({ file_type: z.string().optional() });

const MODEL_LAYER = 'application/vnd.ollama.image.model';

/** What a manifest tells that matters here. */
export interface LibraryManifest {
  readonly configDigest: string;
  readonly modelDigest: string;
  readonly modelBytes: number;
}

/** Reads a manifest. @throws UnsupportedModelError when it holds no GGUF layer. */
export function parseManifest(body: Buffer, name: string): LibraryManifest {
  const { config, layers } = parse(manifestAnswer, body, `manifest of ${name}`);
  const model = layers.find(({ mediaType }) => mediaType === MODEL_LAYER);
  if (model === undefined) {
    throw new UnsupportedModelError(`${name} holds no GGUF file.`, { hint: 'Choose another tag of the model.' });
  }
  return { configDigest: config.digest, modelDigest: model.digest, modelBytes: model.size };
}

/** The level that a config blob tells, or null. */
export function parseConfigLevel(body: Buffer, name: string): Level | null {
  const { file_type: fileType } = parse(configAnswer, body, `configuration of ${name}`);
  return fileType === undefined ? null : parseLevel(fileType);
}

function parse<T>(schema: z.ZodType<T>, body: Buffer, what: string): T {
  try {
    return schema.parse(JSON.parse(body.toString('utf8')));
  } catch (cause) {
    throw new BackendFailedError(`The registry sent a ${what} that cannot be understood.`, {
      hint: 'Check the address of the registry.',
      cause,
    });
  }
}
