export { GGUF_VALUE_TYPES, createGguf, writeSparseGguf } from '@plimsoll/adapter-gguf/writer';
export type {
  GgufValueType,
  GgufScalar,
  TypedGgufValue,
  GgufValue,
  GgufTensorSpec,
  GgufSpec,
} from '@plimsoll/adapter-gguf/writer';
