export { encodeLine, lines } from './ndjson.js';
export { DONE, encodeEvent, serverSentEvents } from './server-sent-events.js';
export { wholeAnswer } from './codec.js';
export type { AnswerFacts, Asked, Codec, StreamFailure, StreamWriter, WholeAnswer } from './codec.js';
