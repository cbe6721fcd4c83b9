export { governed } from './policies/governed.js';
export { alwaysBest, alwaysSmallest, leastRecentlyUsedOut, oneThreshold } from './policies/simple.js';
export type { PolicyView, SimulatedPolicy } from './simulated-policy.js';
export { simulate } from './simulate.js';
export type { Sample, Score, Simulation } from './simulate.js';
export { simulationPicture } from './simulation-picture.js';
export { TRACES, readTrace } from './own-traces.js';
export { parseTrace } from './trace.js';
export type { Trace, TraceEvent, TraceModel } from './trace.js';
