import type koffi from 'koffi';
import type { BATCH, CONTEXT_PARAMS, MODEL_PARAMS, Pointer, QUANTIZE_PARAMS, StructValue } from './structs.js';

/** `llama_model_params` as a JavaScript value. */
export type ModelParams = StructValue<typeof MODEL_PARAMS>;
/** `llama_context_params` as a JavaScript value. */
export type ContextParams = StructValue<typeof CONTEXT_PARAMS>;
/** `llama_model_quantize_params` as a JavaScript value. */
export type QuantizeParams = Omit<StructValue<typeof QUANTIZE_PARAMS>, 'tt_overrides' | 'imatrix' | 'kv_overrides'> & {
  tt_overrides: unknown;
  imatrix: unknown;
  kv_overrides: unknown;
};
/** `llama_batch` as a JavaScript value. */
export type Batch = StructValue<typeof BATCH>;

/** `llama_token_data_array` as a JavaScript value; `data` is the address of the entries. */
export interface TokenDataArray {
  readonly data: Pointer;
  readonly size: number;
  readonly selected: number;
  readonly sorted: boolean;
}

/** A native function that can also run on another thread; the callback comes back on this one. */
export type AsyncCapable<Arguments extends readonly unknown[], Result> = ((...args: Arguments) => Result) & {
  async: (...args: [...Arguments, (error: Error | null, result: Result) => void]) => void;
};

type Library = ReturnType<typeof koffi.load>;

/** Calls a native function on another thread. */
export function offThread<Arguments extends readonly unknown[], Result>(
  native: AsyncCapable<Arguments, Result>,
  ...args: Arguments
): Promise<Result> {
  return new Promise((resolve, reject) => {
    native.async(...args, (error, result) => {
      if (error instanceof Error) reject(error);
      else resolve(result);
    });
  });
}

/** The C functions of `libllama` that this package calls, with the names of `llama.h`. */
export interface LibLlama {
  readonly version: () => string;
  readonly quantizeDefaults: () => QuantizeParams;
  readonly modelDefaults: () => ModelParams;
  readonly contextDefaults: () => ContextParams;
  readonly quantize: AsyncCapable<[string, string, QuantizeParams], number>;
  readonly loadModel: AsyncCapable<[string, ModelParams], Pointer>;
  readonly freeModel: (model: Pointer) => void;
  readonly adapterOpen: AsyncCapable<[Pointer, string], Pointer>;
  /** Length of the text after which alone an adapter counts; 0 for one that always does. */
  readonly adapterInvocationTokens: (adapter: Pointer) => number | bigint;
  readonly setAdapters: (context: Pointer, adapters: BigUint64Array, count: number, scales: Float32Array) => number;
  readonly newContext: AsyncCapable<[Pointer, ContextParams], Pointer>;
  readonly freeContext: (context: Pointer) => void;
  readonly contextTokens: (context: Pointer) => number;
  readonly setThreads: (context: Pointer, decode: number, batch: number) => void;
  readonly attachThreadPool: (context: Pointer, decode: Pointer, batch: Pointer) => void;
  readonly setEmbeddings: (context: Pointer, on: boolean) => void;
  readonly setCausal: (context: Pointer, on: boolean) => void;
  readonly setAbortCallback: (context: Pointer, callback: Pointer, data: Pointer) => void;
  readonly poolingType: (context: Pointer) => number;
  readonly modelTensorBytes: (model: Pointer) => number | bigint;
  readonly modelTrainedContext: (model: Pointer) => number;
  readonly modelWindow: (model: Pointer) => number;
  readonly modelEmbedding: (model: Pointer) => number;
  readonly modelLayers: (model: Pointer) => number;
  /** Figures that a classification head gives for a text. */
  readonly modelClasses: (model: Pointer) => number;
  readonly modelDescription: (model: Pointer, buffer: Uint8Array, size: number) => number;
  readonly modelMeta: (model: Pointer, key: string, buffer: Uint8Array, size: number) => number;
  readonly modelChatTemplate: (model: Pointer, name: string | null) => string | null;
  readonly modelHasEncoder: (model: Pointer) => boolean;
  readonly modelHasDecoder: (model: Pointer) => boolean;
  readonly modelIsRecurrent: (model: Pointer) => boolean;
  readonly modelIsHybrid: (model: Pointer) => boolean;
  readonly vocab: (model: Pointer) => Pointer;
  readonly vocabSize: (vocab: Pointer) => number;
  readonly vocabType: (vocab: Pointer) => number;
  readonly vocabText: (vocab: Pointer, token: number) => string;
  readonly vocabAddsBos: (vocab: Pointer) => boolean;
  readonly vocabBos: (vocab: Pointer) => number;
  readonly vocabEos: (vocab: Pointer) => number;
  readonly vocabAddsEos: (vocab: Pointer) => boolean;
  readonly vocabSeparator: (vocab: Pointer) => number;
  readonly vocabAddsSeparator: (vocab: Pointer) => boolean;
  /** The marks before what precedes a gap, before what follows it, and before what fills it; negative for none. */
  readonly vocabGapPrefix: (vocab: Pointer) => number;
  readonly vocabGapSuffix: (vocab: Pointer) => number;
  readonly vocabGapMiddle: (vocab: Pointer) => number;
  readonly vocabIsEndOfGeneration: (vocab: Pointer, token: number) => boolean;
  /** Vocabulary, text, its bytes, tokens, their capacity, whether to add and to parse special tokens. */
  readonly tokenize: AsyncCapable<[Pointer, Uint8Array, number, Int32Array, number, boolean, boolean], number>;
  readonly tokenPiece: (
    vocab: Pointer,
    token: number,
    buffer: Uint8Array,
    size: number,
    stripLeft: number,
    special: boolean,
  ) => number;
  readonly memory: (context: Pointer) => Pointer;
  readonly memoryClear: (memory: Pointer, data: boolean) => void;
  readonly memoryRemove: (memory: Pointer, sequence: number, from: number, to: number) => boolean;
  readonly batchInit: (tokens: number, embedding: number, sequences: number) => Batch;
  readonly decode: AsyncCapable<[Pointer, Batch], number>;
  readonly encode: AsyncCapable<[Pointer, Batch], number>;
  readonly logits: (context: Pointer) => Pointer;
  readonly logitsAt: (context: Pointer, index: number) => Pointer;
  readonly embeddingsAt: (context: Pointer, index: number) => Pointer;
  readonly embeddingsOfSequence: (context: Pointer, sequence: number) => Pointer;
  readonly chainInit: (params: { no_perf: boolean }) => Pointer;
  readonly chainAdd: (chain: Pointer, sampler: Pointer) => void;
  readonly samplerFree: (sampler: Pointer) => void;
  readonly samplerGreedy: () => Pointer;
  readonly samplerDist: (seed: number) => Pointer;
  readonly samplerTopK: (k: number) => Pointer;
  readonly samplerTopP: (p: number, minKeep: number) => Pointer;
  readonly samplerMinP: (p: number, minKeep: number) => Pointer;
  readonly samplerTemperature: (t: number) => Pointer;
  readonly samplerGrammar: (vocab: Pointer, grammar: string, root: string) => Pointer;
  readonly samplerAccept: (sampler: Pointer, token: number) => void;
  readonly samplerApply: (sampler: Pointer, candidates: TokenDataArray) => void;
  readonly sample: (chain: Pointer, context: Pointer, index: number) => number;
  readonly logSet: (callback: Pointer, data: Pointer) => void;
}

/** Binds the functions; a missing one throws koffi's error. */
export function bindLibLlama(library: Library): LibLlama {
  const f = (declaration: string): never => library.func(declaration) as unknown as never;
  return {
    version: f('const char* llama_version()'),
    quantizeDefaults: f('QuantizeParams llama_model_quantize_default_params()'),
    modelDefaults: f('ModelParams llama_model_default_params()'),
    contextDefaults: f('ContextParams llama_context_default_params()'),
    quantize: f('uint32 llama_model_quantize(const char*, const char*, QuantizeParams*)'),
    loadModel: f('void* llama_model_load_from_file(const char*, ModelParams)'),
    freeModel: f('void llama_model_free(void*)'),
    adapterOpen: f('void* llama_adapter_lora_init(void*, const char*)'),
    adapterInvocationTokens: f('uint64 llama_adapter_get_alora_n_invocation_tokens(void*)'),
    setAdapters: f('int32 llama_set_adapters_lora(void*, const uint64*, size_t, const float*)'),
    newContext: f('void* llama_init_from_model(void*, ContextParams)'),
    freeContext: f('void llama_free(void*)'),
    contextTokens: f('uint32 llama_n_ctx(void*)'),
    setThreads: f('void llama_set_n_threads(void*, int32, int32)'),
    attachThreadPool: f('void llama_attach_threadpool(void*, void*, void*)'),
    setEmbeddings: f('void llama_set_embeddings(void*, bool)'),
    setCausal: f('void llama_set_causal_attn(void*, bool)'),
    setAbortCallback: f('void llama_set_abort_callback(void*, void*, void*)'),
    poolingType: f('int32 llama_pooling_type(void*)'),
    modelTensorBytes: f('uint64 llama_model_size(void*)'),
    modelTrainedContext: f('int32 llama_model_n_ctx_train(void*)'),
    modelWindow: f('int32 llama_model_n_swa(void*)'),
    modelEmbedding: f('int32 llama_model_n_embd_out(void*)'),
    modelClasses: f('uint32 llama_model_n_cls_out(void*)'),
    modelLayers: f('int32 llama_model_n_layer(void*)'),
    modelDescription: f('int32 llama_model_desc(void*, _Out_ uint8*, size_t)'),
    modelMeta: f('int32 llama_model_meta_val_str(void*, const char*, _Out_ uint8*, size_t)'),
    modelChatTemplate: f('const char* llama_model_chat_template(void*, const char*)'),
    modelHasEncoder: f('bool llama_model_has_encoder(void*)'),
    modelHasDecoder: f('bool llama_model_has_decoder(void*)'),
    modelIsRecurrent: f('bool llama_model_is_recurrent(void*)'),
    modelIsHybrid: f('bool llama_model_is_hybrid(void*)'),
    vocab: f('void* llama_model_get_vocab(void*)'),
    vocabSize: f('int32 llama_vocab_n_tokens(void*)'),
    vocabType: f('int32 llama_vocab_type(void*)'),
    vocabText: f('const char* llama_vocab_get_text(void*, int32)'),
    vocabAddsBos: f('bool llama_vocab_get_add_bos(void*)'),
    vocabBos: f('int32 llama_vocab_bos(void*)'),
    vocabEos: f('int32 llama_vocab_eos(void*)'),
    vocabAddsEos: f('bool llama_vocab_get_add_eos(void*)'),
    vocabSeparator: f('int32 llama_vocab_sep(void*)'),
    vocabAddsSeparator: f('bool llama_vocab_get_add_sep(void*)'),
    vocabGapPrefix: f('int32 llama_vocab_fim_pre(void*)'),
    vocabGapSuffix: f('int32 llama_vocab_fim_suf(void*)'),
    vocabGapMiddle: f('int32 llama_vocab_fim_mid(void*)'),
    vocabIsEndOfGeneration: f('bool llama_vocab_is_eog(void*, int32)'),
    tokenize: f('int32 llama_tokenize(void*, const uint8*, int32, _Out_ int32*, int32, bool, bool)'),
    tokenPiece: f('int32 llama_token_to_piece(void*, int32, _Out_ uint8*, int32, int32, bool)'),
    memory: f('void* llama_get_memory(void*)'),
    memoryClear: f('void llama_memory_clear(void*, bool)'),
    memoryRemove: f('bool llama_memory_seq_rm(void*, int32, int32, int32)'),
    batchInit: f('Batch llama_batch_init(int32, int32, int32)'),
    decode: f('int32 llama_decode(void*, Batch)'),
    encode: f('int32 llama_encode(void*, Batch)'),
    logits: f('void* llama_get_logits(void*)'),
    logitsAt: f('void* llama_get_logits_ith(void*, int32)'),
    embeddingsAt: f('void* llama_get_embeddings_ith(void*, int32)'),
    embeddingsOfSequence: f('void* llama_get_embeddings_seq(void*, int32)'),
    chainInit: f('void* llama_sampler_chain_init(ChainParams)'),
    chainAdd: f('void llama_sampler_chain_add(void*, void*)'),
    samplerFree: f('void llama_sampler_free(void*)'),
    samplerGreedy: f('void* llama_sampler_init_greedy()'),
    samplerDist: f('void* llama_sampler_init_dist(uint32)'),
    samplerTopK: f('void* llama_sampler_init_top_k(int32)'),
    samplerTopP: f('void* llama_sampler_init_top_p(float, size_t)'),
    samplerMinP: f('void* llama_sampler_init_min_p(float, size_t)'),
    samplerTemperature: f('void* llama_sampler_init_temp(float)'),
    samplerGrammar: f('void* llama_sampler_init_grammar(void*, const char*, const char*)'),
    samplerAccept: f('void llama_sampler_accept(void*, int32)'),
    samplerApply: f('void llama_sampler_apply(void*, TokenDataArray*)'),
    sample: f('int32 llama_sampler_sample(void*, void*, int32)'),
    logSet: f('void llama_log_set(void*, void*)'),
  };
}
