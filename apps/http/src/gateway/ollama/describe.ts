import type { ComingVariant } from '@plimsoll/application';
import type { InstalledVariant, VariantLevel, MetadataValue, ModelHeader, ResidentModel } from '@plimsoll/domain';

/** `expires_at` of what never leaves: the farthest that Go's clients read. */
const NEVER = '2318-01-01T00:00:00Z';

const details = ({ architecture, parameterSize, level }: InstalledVariant): object => ({
  parent_model: '',
  format: 'gguf',
  family: architecture ?? '',
  families: architecture === null ? [] : [architecture],
  parameter_size: parameterSize ?? '',
  quantization_level: level ?? 'unknown',
});

const digest = (variant: InstalledVariant): string => variant.digest?.replace(/^sha256:/, '') ?? '';

/** An entry of `GET /api/tags`. */
export const writeTag = (name: string, variant: InstalledVariant): object => ({
  name,
  // Open WebUI adds the tag when it asks, and looks here whether there is such a model.
  model: name.includes(':') ? name : `${name}:latest`,
  modified_at: new Date(variant.modifiedAtMs ?? 0).toISOString(),
  size: variant.sizeBytes ?? 0,
  digest: digest(variant),
  details: details(variant),
});

/** An entry of `GET /api/ps`. */
export const writeResident = (resident: ResidentModel, variant: InstalledVariant): object => ({
  name: resident.name,
  model: resident.name,
  size: resident.sizeBytes ?? 0,
  digest: digest(variant),
  details: details(variant),
  expires_at: resident.expiresAtMs === null ? NEVER : new Date(resident.expiresAtMs).toISOString(),
  size_vram: resident.deviceBytes ?? 0,
  context_length: resident.contextTokens ?? 0,
});

/**
 * An entry of `GET /api/ps` for a variant that is being made while another one answers: `ollama ps` shows the name, so
 * what is happening is part of it.
 */
export function writeComing({ model, level, phase, fraction }: ComingVariant): object {
  const name = `${model}@${level} (${phase}${fraction === null ? '' : ` ${Math.round(fraction * 100)} %`})`;
  return {
    ...{ name, model: name, size: 0, digest: '', expires_at: NEVER, size_vram: 0, context_length: 0 },
    details: {
      ...{ parent_model: '', format: 'gguf', family: '', families: [], parameter_size: '' },
      quantization_level: level,
    },
  };
}

/** Clients show `general.basename`: with the level in it, two variants of one model can be told apart. */
export function basenameAt(
  info: Readonly<Record<string, unknown>>,
  level: VariantLevel | null,
): Record<string, string> {
  const basename = info['general.basename'] ?? info['general.name'];
  if (typeof basename !== 'string') return {};
  return { 'general.basename': level === null ? basename : `${basename} ${level}` };
}

/**
 * The answer of `POST /api/show`. Clients show `general.basename`, so the level is part of it: two variants of one
 * model would look alike.
 */
export function writeShow(variant: InstalledVariant, header: ModelHeader, verbose: boolean, images: boolean): object {
  const info = Object.fromEntries([...header.metadata].map(([key, value]) => [key, plain(value, verbose)]));
  const template = info['tokenizer.chat_template'];
  return {
    modelfile: '',
    template: typeof template === 'string' ? template : '',
    details: details(variant),
    model_info: {
      ...info,
      'general.parameter_count': header.tensors.reduce(
        (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
        0,
      ),
      ...basenameAt(info, variant.level),
    },
    ...(verbose
      ? { tensors: header.tensors.map(({ name, type, shape }) => ({ name, type: type ?? 'unknown', shape })) }
      : {}),
    capabilities: capabilities(typeof template === 'string' ? template : '', header, images),
    modified_at: new Date(variant.modifiedAtMs ?? 0).toISOString(),
  };
}

function capabilities(template: string, header: ModelHeader, images: boolean): readonly string[] {
  if (header.metadata.has(`${header.architecture}.pooling_type`)) return ['embedding'];
  return [
    'completion',
    // Described in the prompt where the template has no place for them.
    ...(template === '' ? [] : ['tools']),
    ...(template.includes('<think>') ? ['thinking'] : []),
    ...(images ? ['vision'] : []),
  ];
}

/** Long arrays are left out unless they are asked for; numbers that JSON cannot hold exactly become text. */
function plain(value: MetadataValue, verbose: boolean): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object') return value;
  return verbose ? (value.values?.map((item) => (typeof item === 'bigint' ? item.toString() : item)) ?? null) : [];
}
