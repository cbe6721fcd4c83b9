export { fuzzHeaders } from './fuzz-headers.js';
export type { FuzzFailure, FuzzOptions, FuzzReport } from './fuzz-headers.js';
export { sampleHeaders } from './sample-headers.js';
