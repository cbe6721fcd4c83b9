import {
  BackendFailedError,
  BusyError,
  CancelledError,
  CapabilityMissingError,
  InvalidInputError,
  InvalidModelFileError,
  ModelNotFoundError,
  OutOfMemoryError,
  StorageFailedError,
  UnsupportedLevelError,
  UnsupportedModelError,
  type ErrorDetails,
  type PlimsollError,
} from '@plimsoll/domain';

/** What Ollama said when it failed. */
export interface ServerFailure {
  /** HTTP status; null for an error in the last line of a stream, which comes with status 200. */
  readonly status: number | null;
  readonly message: string;
  /** The model that was asked for, for messages and hints. */
  readonly model: string | null;
}

interface Rule {
  readonly status?: readonly number[];
  readonly says?: RegExp;
  readonly error: new (message: string, details?: ErrorDetails) => PlimsollError;
  readonly message?: (failure: ServerFailure) => string;
  readonly hint?: (failure: ServerFailure) => string;
}

const nameOf = (failure: ServerFailure): string => failure.model ?? 'the model';
const serverLog = (): string => 'Look at the log of the Ollama server.';

/** The first rule that matches decides. The texts are those of Ollama 0.33 (`server/`, `llm/`). */
const RULES: readonly Rule[] = [
  {
    says: /out[- ]of[- ]memory|OutOfDeviceMemory|cudaMalloc failed|(?:unable|failed) to allocate|requires more system memory|signal: killed/i,
    error: OutOfMemoryError,
    message: (failure) => `Not enough memory for ${nameOf(failure)}: ${failure.message}`,
    hint: () => 'Take a lower quantization level, a shorter context, or fewer layers on the device.',
  },
  {
    says: /pull model manifest: (?:file does not exist|.*\b404\b|.*not found)/i,
    error: ModelNotFoundError,
    message: (failure) => `The registry has no model ${nameOf(failure)}.`,
    hint: () => 'Check the name and the tag.',
  },
  {
    says: /pull model manifest: .*(?:no such host|dial tcp|timeout|refused|tls|x509|unreachable)|max retries exceeded/i,
    error: BackendFailedError,
    message: (failure) => `Ollama could not reach the registry for ${nameOf(failure)}: ${failure.message}`,
    hint: () => 'Check the network of the machine that Ollama runs on.',
  },
  {
    says: /^model ['"].*['"] not found/i,
    error: ModelNotFoundError,
    message: (failure) => `Ollama has no model ${nameOf(failure)}.`,
    hint: (failure) => `ollama pull ${nameOf(failure)}`,
  },
  {
    says: /^unsupported quanti(?:zation|ze) type|^unknown quantization type|create-time quantization is only supported/i,
    error: UnsupportedLevelError,
    message: (failure) => `Ollama does not make this level: ${failure.message}`,
    hint: () => 'Quantize the file with the embedded engine and import the result.',
  },
  {
    says: /quantization is only supported for F16, BF16 and F32/i,
    error: UnsupportedLevelError,
    message: (failure) => `${nameOf(failure)} is quantized already; Ollama quantizes only F16, BF16 and F32 models.`,
    hint: () => 'Start from an F16 variant.',
  },
  {
    says: /top_logprobs must be|invalid format|invalid input type|raw mode does not support|invalid options?\b/i,
    error: InvalidInputError,
    message: (failure) => `Ollama did not accept the request: ${failure.message}`,
  },
  {
    says: /does not support|not support(?:ed)? embeddings|only supports one image/i,
    error: CapabilityMissingError,
    message: (failure) => `${nameOf(failure)} cannot do that on Ollama: ${failure.message}`,
  },
  {
    says: /invalid model name|name ".*" is invalid|(?:source|destination) ".*" is invalid|model is required/i,
    error: InvalidInputError,
    message: (failure) => `Ollama does not accept the model name ${nameOf(failure)}: ${failure.message}`,
    hint: () => 'A name is [host/][namespace/]model[:tag]; the tag has letters, digits, dots, dashes and underscores.',
  },
  {
    says: /longer than the context length|(?:exceeds|maximum) (?:the )?(?:maximum )?context length/i,
    error: InvalidInputError,
    message: (failure) => `The text does not fit the context of ${nameOf(failure)}: ${failure.message}`,
    hint: () => 'Shorten the text or ask for more context tokens.',
  },
  {
    says: /not in GGUF format|invalid file magic|unknown type|no files provided|split GGUF|validate GGUF|exceeds file size/i,
    error: InvalidModelFileError,
    message: (failure) => `Ollama could not read the model file: ${failure.message}`,
  },
  {
    says: /unknown model architecture|may be incompatible with your version|no longer compatible with your version|requires MLX/i,
    error: UnsupportedModelError,
    message: (failure) => `This Ollama cannot run ${nameOf(failure)}: ${failure.message}`,
    hint: () => 'Update Ollama, or take another variant.',
  },
  {
    says: /no space left on device|permission denied|read-only file system/i,
    error: StorageFailedError,
    message: (failure) => `Ollama could not write to its disk: ${failure.message}`,
    hint: () => 'Make room or set OLLAMA_MODELS to another folder, then run the command again.',
  },
  {
    says: /digest mismatch/i,
    error: StorageFailedError,
    message: (failure) => `The data arrived changed: ${failure.message}`,
    hint: () => 'Run the command again; the file may have been written to meanwhile.',
  },
  { status: [499], error: CancelledError, message: (failure) => `Ollama dropped the request: ${failure.message}` },
  { says: /^request canceled$/i, error: CancelledError, message: () => 'Ollama dropped the request: request canceled' },
  {
    status: [429, 503],
    error: BusyError,
    message: (failure) => `Ollama is busy: ${failure.message}`,
    hint: () => 'Try again later, or raise OLLAMA_MAX_QUEUE on the server.',
  },
  {
    status: [401, 403],
    error: BackendFailedError,
    message: (failure) => `Ollama refused the request: ${failure.message}`,
    hint: () => 'Sign in with: ollama signin',
  },
  {
    says: /model runner has unexpectedly stopped|error was encountered while running|process (?:has terminated|no longer running)/i,
    error: BackendFailedError,
    message: (failure) =>
      `The model runner of Ollama stopped while it worked with ${nameOf(failure)}: ${failure.message}`,
    hint: () => 'It may have run out of memory: look at the log of the server, or take a lower level.',
  },
  {
    says: /open .*blobs.*no such file/i,
    error: BackendFailedError,
    message: (failure) => `Ollama lost the data of ${nameOf(failure)}: ${failure.message}`,
    hint: () => 'Pull or import the model again.',
  },
  {
    says: /missing request body/i,
    error: BackendFailedError,
    message: () => 'Ollama got the request without its body.',
    hint: () => 'A proxy between here and the server may have dropped it.',
  },
];

/** The error of ours that stands for a failure of Ollama's. */
export function errorFromServer(failure: ServerFailure): PlimsollError {
  const rule = RULES.find(
    ({ status, says }) =>
      (status === undefined || (failure.status !== null && status.includes(failure.status))) &&
      (says === undefined || says.test(failure.message)),
  );
  const cause = new Error(failure.status === null ? failure.message : `HTTP ${failure.status}: ${failure.message}`);
  if (rule === undefined) {
    return new BackendFailedError(`Ollama failed: ${failure.message}`, { cause, hint: serverLog() });
  }
  return new rule.error(rule.message?.(failure) ?? failure.message, { cause, hint: rule.hint?.(failure) });
}
