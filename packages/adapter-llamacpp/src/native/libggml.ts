import type koffi from 'koffi';
import type { AsyncCapable } from './libllama.js';
import type { Pointer } from './structs.js';

type Library = ReturnType<typeof koffi.load>;

/** The C functions of the ggml libraries that this package calls, with the names of `ggml-backend.h` and `gguf.h`. */
export interface LibGgml {
  readonly loadBackends: (folder: string) => void;
  readonly deviceCount: () => number | bigint;
  readonly device: (index: number) => Pointer;
  /** The first device of a type. */
  readonly deviceOfType: (type: number) => Pointer;
  readonly deviceRegistry: (device: Pointer) => Pointer;
  /** Address of a function that only this backend has. */
  readonly procedure: (registry: Pointer, name: string) => Pointer;
  readonly deviceName: (device: Pointer) => string;
  readonly deviceDescription: (device: Pointer) => string;
  /** 0 CPU, 1 GPU, 2 integrated GPU, 3 accelerator. */
  readonly deviceType: (device: Pointer) => number;
  readonly deviceMemory: (device: Pointer, free: BigUint64Array, total: BigUint64Array) => void;
  readonly bufferTypeIsHost: (bufferType: Pointer) => boolean;
  readonly bufferTypeDevice: (bufferType: Pointer) => Pointer;
  readonly cpuBufferType: () => Pointer;
  readonly bufferIsHost: (buffer: Pointer) => boolean;
  /** Copies bytes of a tensor from whatever device it is on. */
  readonly tensorGet: (tensor: Pointer, into: Uint8Array, offset: number, bytes: number) => void;
  readonly operationName: (operation: number) => string;
  readonly ggufOpen: (file: string, params: { no_alloc: boolean; ctx: Pointer }) => Pointer;
  readonly ggufEmpty: () => Pointer;
  readonly ggufFree: (context: Pointer) => void;
  readonly ggufCopyValues: (target: Pointer, source: Pointer) => void;
  readonly ggufSetU32: (context: Pointer, key: string, value: number) => void;
  readonly ggufSetString: (context: Pointer, key: string, value: string) => void;
  readonly ggufSetF32: (context: Pointer, key: string, value: number) => void;
  readonly ggufRemoveKey: (context: Pointer, key: string) => number | bigint;
  readonly ggufAddTensor: (context: Pointer, tensor: Pointer) => void;
  readonly ggufSetTensorType: (context: Pointer, name: string, type: number) => void;
  readonly ggufFindTensor: (context: Pointer, name: string) => number | bigint;
  /** From the start of the data, which starts at `ggufDataOffset` in the file. */
  readonly ggufTensorOffset: (context: Pointer, index: number | bigint) => number | bigint;
  readonly ggufTensorBytes: (context: Pointer, index: number | bigint) => number | bigint;
  readonly ggufDataOffset: (context: Pointer) => number | bigint;
  readonly ggufAlignment: (context: Pointer) => number | bigint;
  readonly ggufMetaBytes: (context: Pointer) => number | bigint;
  readonly ggufMetaData: (context: Pointer, into: Uint8Array) => void;
  /** Address of a type's `struct ggml_type_traits`. */
  readonly typeTraits: (type: number) => Pointer;
  readonly rowBytes: (type: number, columns: number) => number | bigint;
  readonly quantizeInit: (type: number) => void;
  /** Type, floats, bytes, first weight, rows, columns, mean squared inputs by column or null. */
  readonly quantizeChunk: AsyncCapable<
    [number, bigint, bigint, number, number, number, bigint | null],
    number | bigint
  >;
  /** A context that describes tensors, in `memory` bytes of its own. */
  readonly newContext: (params: { mem_size: number; mem_buffer: Pointer; no_alloc: boolean }) => Pointer;
  /** Context, type, columns, rows. */
  readonly newMatrix: (context: Pointer, type: number, columns: number, rows: number) => Pointer;
  readonly setTensorName: (tensor: Pointer, name: string) => Pointer;
  readonly firstTensor: (context: Pointer) => Pointer;
  readonly nextTensor: (context: Pointer, tensor: Pointer) => Pointer;
  readonly freeContext: (context: Pointer) => void;
}

/** Binds the functions of the two ggml libraries. */
export function bindLibGgml(base: Library, registry: Library): LibGgml {
  const b = (declaration: string): never => base.func(declaration) as unknown as never;
  const r = (declaration: string): never => registry.func(declaration) as unknown as never;
  return {
    loadBackends: r('void ggml_backend_load_all_from_path(const char*)'),
    deviceCount: r('size_t ggml_backend_dev_count()'),
    device: r('void* ggml_backend_dev_get(size_t)'),
    deviceOfType: r('void* ggml_backend_dev_by_type(int32)'),
    deviceRegistry: b('void* ggml_backend_dev_backend_reg(void*)'),
    procedure: b('void* ggml_backend_reg_get_proc_address(void*, const char*)'),
    deviceName: b('const char* ggml_backend_dev_name(void*)'),
    deviceDescription: b('const char* ggml_backend_dev_description(void*)'),
    deviceType: b('int32 ggml_backend_dev_type(void*)'),
    deviceMemory: b('void ggml_backend_dev_memory(void*, _Out_ uint64*, _Out_ uint64*)'),
    bufferTypeIsHost: b('bool ggml_backend_buft_is_host(void*)'),
    bufferTypeDevice: b('void* ggml_backend_buft_get_device(void*)'),
    cpuBufferType: b('void* ggml_backend_cpu_buffer_type()'),
    bufferIsHost: b('bool ggml_backend_buffer_is_host(void*)'),
    tensorGet: b('void ggml_backend_tensor_get(void*, void*, size_t, size_t)'),
    operationName: b('const char* ggml_op_name(int32)'),
    ggufOpen: b('void* gguf_init_from_file(const char*, GgufParams)'),
    ggufEmpty: b('void* gguf_init_empty()'),
    ggufFree: b('void gguf_free(void*)'),
    ggufCopyValues: b('void gguf_set_kv(void*, void*)'),
    ggufSetU32: b('void gguf_set_val_u32(void*, const char*, uint32)'),
    ggufSetF32: b('void gguf_set_val_f32(void*, const char*, float)'),
    ggufSetString: b('void gguf_set_val_str(void*, const char*, const char*)'),
    ggufRemoveKey: b('int64 gguf_remove_key(void*, const char*)'),
    ggufAddTensor: b('void gguf_add_tensor(void*, void*)'),
    ggufSetTensorType: b('void gguf_set_tensor_type(void*, const char*, int32)'),
    ggufFindTensor: b('int64 gguf_find_tensor(void*, const char*)'),
    ggufTensorOffset: b('size_t gguf_get_tensor_offset(void*, int64)'),
    ggufTensorBytes: b('size_t gguf_get_tensor_size(void*, int64)'),
    ggufDataOffset: b('size_t gguf_get_data_offset(void*)'),
    ggufAlignment: b('size_t gguf_get_alignment(void*)'),
    ggufMetaBytes: b('size_t gguf_get_meta_size(void*)'),
    ggufMetaData: b('void gguf_get_meta_data(void*, _Out_ uint8*)'),
    typeTraits: b('void* ggml_get_type_traits(int32)'),
    rowBytes: b('size_t ggml_row_size(int32, int64)'),
    quantizeInit: b('void ggml_quantize_init(int32)'),
    quantizeChunk: b('size_t ggml_quantize_chunk(int32, void*, void*, int64, int64, int64, void*)'),
    newContext: b('void* ggml_init(GgmlParams)'),
    newMatrix: b('void* ggml_new_tensor_2d(void*, int32, int64, int64)'),
    setTensorName: b('void* ggml_set_name(void*, const char*)'),
    firstTensor: b('void* ggml_get_first_tensor(void*)'),
    nextTensor: b('void* ggml_get_next_tensor(void*, void*)'),
    freeContext: b('void ggml_free(void*)'),
  };
}
