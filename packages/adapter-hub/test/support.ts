// The servers that speak ranges, truthfully or not, are those that the reader of headers itself is tried against.
export { largeModel } from '../../adapter-gguf/test/large-header.js';
export { startRangeServer, type RangeServer, type ServedFile } from '../../adapter-gguf/test/range-server.js';
export { LOCAL, fakeDigest } from '../../adapter-gguf/test/sources.js';
