import { OWN_PREDICTION_LAYERS, parseModelReference, type PlanCandidate } from '@plimsoll/domain';
import { shellWord } from '../../output/shell-word.js';

/** Programs that a recommended point can be put to work in. */
export const PLAN_TARGETS = ['llama-server', 'ollama', 'llama-swap', 'lmstudio', 'compose'] as const;

/** One of them. */
export type PlanTarget = (typeof PLAN_TARGETS)[number];

/** What is to run. */
export interface TargetSubject {
  /** The model as the user names it. */
  readonly model: string;
  readonly point: PlanCandidate;
  /** Files that are loaded beside it. */
  readonly projector?: string | undefined;
  /** A smaller model, or `mtp` for prediction layers of the model itself. */
  readonly draft?: string | undefined;
}

/** The command, file or settings that put a point to work in another program. */
export function renderTarget(target: PlanTarget, subject: TargetSubject): string {
  return TARGETS[target](subject);
}

const TARGETS: Readonly<Record<PlanTarget, (subject: TargetSubject) => string>> = {
  'llama-server': (subject) => ['llama-server', ...serverArguments(subject, filesOf(subject))].map(shellWord).join(' '),
  ollama: ollamaModelfile,
  'llama-swap': (subject) =>
    [
      'models:',
      `  ${JSON.stringify(nameOf(subject))}:`,
      '    cmd: >-',
      '      llama-server --port ${PORT}',
      `      ${serverArguments(subject, filesOf(subject)).map(shellWord).join(' ')}`,
    ].join('\n'),
  lmstudio: lmStudioSettings,
  compose: (subject) => {
    const { files, volumes } = mounted(filesOf(subject));
    const onDevice = subject.point.shape.placement.gpuLayers > 0;
    return [
      'services:',
      '  llama-server:',
      `    image: ghcr.io/ggml-org/llama.cpp:server${onDevice ? '-cuda' : ''}`,
      `    command: ${JSON.stringify(['--host', '0.0.0.0', '--port', '8080', ...serverArguments(subject, files)])}`,
      '    ports: ["127.0.0.1:8080:8080"]',
      `    volumes: ${JSON.stringify(volumes)}`,
      ...(onDevice ? ['    gpus: all'] : []),
    ].join('\n');
  },
};

/** The file to load: the one that is here, else the name that a file of that level has. */
function fileOf({ model, point }: TargetSubject): string {
  const { status, name } = point.variant;
  if (status === 'local' && parseModelReference(name).kind === 'file') return name;
  return parseModelReference(model).kind === 'file' ? name : `${nameOf({ model, point })}.gguf`;
}

/** All files of a run. */
interface Files {
  readonly model: string;
  readonly projector?: string | undefined;
  readonly draft?: string | undefined;
}

const filesOf = (subject: TargetSubject): Files => ({
  model: fileOf(subject),
  projector: subject.projector,
  draft: subject.draft,
});

/** The files as a container sees them, and the folders that it is given: the model's is `/models`. */
function mounted({ model, projector, draft }: Files): { readonly files: Files; readonly volumes: readonly string[] } {
  const folders: string[] = [];
  const seen = (file: string): string => {
    const base = file.split(/[\\/]/).at(-1) ?? file;
    const folder = file === base ? '.' : file.slice(0, -base.length - 1) || '/';
    if (!folders.includes(folder)) folders.push(folder);
    return `${mountPoint(folders.indexOf(folder))}/${base}`;
  };
  const files = {
    model: seen(model),
    projector: projector && seen(projector),
    draft: draft && (isModel(draft) ? seen(draft) : draft),
  };
  return { files, volumes: folders.map((folder, index) => `${folder}:${mountPoint(index)}:ro`) };
}

const isModel = (draft: string | undefined): draft is string => draft !== undefined && draft !== OWN_PREDICTION_LAYERS;

const mountPoint = (index: number): string => (index === 0 ? '/models' : `/models-${index + 1}`);

const nameOf = ({ model, point }: TargetSubject): string =>
  `${(model.split(/[\\/]/).at(-1) ?? model).replace(/\.gguf$/i, '').replaceAll(/[^\w.-]+/g, '-')}-${point.level}`;

/** Flags of llama.cpp's server. Its context is that of all sequences together. */
function serverArguments({ point: { shape } }: TargetSubject, files: Files): readonly string[] {
  const { placement, keyCacheType, valueCacheType, contextTokens, parallel, microBatchTokens } = shape;
  const { gpuLayers, split, expertLayersOnHost } = placement;
  const flash = shape.flashAttention === 'auto' && isQuantized(valueCacheType) ? 'on' : shape.flashAttention;
  return [
    ...[
      '-m',
      files.model,
      '-c',
      String(contextTokens * parallel),
      '-np',
      String(parallel),
      '-ub',
      String(microBatchTokens),
    ],
    // No more is computed at once than is handed over at once.
    ...(microBatchTokens > LLAMA_SERVER_BATCH ? ['-b', String(microBatchTokens)] : []),
    ...['-ngl', String(gpuLayers), '-fa', flash, '-ctk', keyCacheType, '-ctv', valueCacheType],
    ...(expertLayersOnHost > 0 ? ['--n-cpu-moe', String(expertLayersOnHost)] : []),
    ...deviceFlags(split),
    ...(files.projector === undefined ? [] : ['--mmproj', files.projector]),
    // The server puts a projector on a device whatever the layers; the plan keeps it where the model is.
    ...(files.projector !== undefined && gpuLayers === 0 ? ['--no-mmproj-offload'] : []),
    // A draft model is loaded with the first, and used with the last of these flags.
    ...draftArguments(files.draft, gpuLayers),
  ];
}

/** A device without a share is left out where that can be said without its name: alone, all, or all but one. */
function deviceFlags(split: readonly number[]): readonly string[] {
  const used = split.flatMap((share, index) => (share > 0 ? [index] : []));
  const [only] = used;
  if (only === undefined) return ['-dev', 'none'];
  if (split.length === 1) return [];
  return used.length === 1
    ? ['-sm', 'none', '-mg', String(only)]
    : ['-ts', split.map((share) => share.toFixed(3)).join(',')];
}

function draftArguments(draft: string | undefined, gpuLayers: number): readonly string[] {
  if (draft === undefined) return [];
  if (draft === OWN_PREDICTION_LAYERS) return ['--spec-type', 'draft-mtp'];
  return ['-md', draft, ...(gpuLayers > 0 ? ['-ngld', 'all'] : ['-devd', 'none']), '--spec-type', 'draft-simple'];
}

/** Tokens that llama-server hands over at once by default. */
const LLAMA_SERVER_BATCH = 2048;

/** Tokens that Ollama and llama.cpp compute at once by default. */
const USUAL_MICRO_BATCH = 512;

const isQuantized = (type: string): boolean => !['f32', 'f16', 'bf16'].includes(type);

function ollamaModelfile(subject: TargetSubject): string {
  const { point, model } = subject;
  const { shape } = point;
  const { placement, keyCacheType, valueCacheType, contextTokens, parallel, microBatchTokens } = shape;
  const from = parseModelReference(model).kind === 'name' ? point.variant.name : fileOf(subject);
  const flash = isQuantized(valueCacheType) || shape.flashAttention === 'on';
  const environment = [
    ...(flash ? ['OLLAMA_FLASH_ATTENTION=1'] : []),
    ...(isQuantized(keyCacheType) ? [`OLLAMA_KV_CACHE_TYPE=${keyCacheType}`] : []),
    `OLLAMA_NUM_PARALLEL=${parallel}`,
  ];
  return [
    `# Start the server with: ${environment.join(' ')} ollama serve`,
    ...(keyCacheType === valueCacheType
      ? []
      : ['# Ollama has one cache type for keys and values; that of the keys is set.']),
    ...(placement.expertLayersOnHost > 0
      ? ['# Ollama cannot leave experts alone in RAM; it keeps whole layers there.']
      : []),
    `# Then: ollama create ${nameOf(subject).toLowerCase()} -f Modelfile`,
    `FROM ${from}`,
    ...(subject.projector === undefined ? [] : [`FROM ${subject.projector}`]),
    ...(isModel(subject.draft) ? [`DRAFT ${subject.draft}`] : []),
    `PARAMETER num_ctx ${contextTokens}`,
    ...(microBatchTokens === USUAL_MICRO_BATCH ? [] : [`PARAMETER num_batch ${microBatchTokens}`]),
    ...(placement.expertLayersOnHost > 0 ? [] : [`PARAMETER num_gpu ${placement.gpuLayers}`]),
  ].join('\n');
}

function lmStudioSettings(subject: TargetSubject): string {
  const { shape } = subject.point;
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  const flash = isQuantized(shape.valueCacheType) || shape.flashAttention === 'on';
  return [
    `Model: ${fileOf(subject)}`,
    ...(isModel(subject.draft) ? [`Speculative Decoding draft model: ${subject.draft}`] : []),
    `Context Length: ${shape.contextTokens}`,
    `GPU Offload: ${gpuLayers} layers`,
    `Flash Attention: ${flash ? 'on' : shape.flashAttention}`,
    `K Cache Quantization Type: ${shape.keyCacheType}`,
    `V Cache Quantization Type: ${shape.valueCacheType}`,
    ...(expertLayersOnHost > 0 ? [`Layers whose MoE weights are forced onto the CPU: ${expertLayersOnHost}`] : []),
  ].join('\n');
}
