export { FileModelInspector } from './file/file-model-inspector.js';
export { BufferSource } from './header/buffer-source.js';
export type { ByteSource } from './header/byte-source.js';
export { readHeader } from './header/read-header.js';
