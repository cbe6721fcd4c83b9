export { GGUF_VALUE_TYPES, createGguf, writeSparseGguf } from './gguf-writer.js';
export type {
  GgufValueType,
  GgufScalar,
  TypedGgufValue,
  GgufValue,
  GgufTensorSpec,
  GgufSpec,
  SparseSizes,
} from './gguf-writer.js';
export { writeHeaderOnlyGguf } from './header-only.js';
export { withHeaderFile } from './header-file.js';
