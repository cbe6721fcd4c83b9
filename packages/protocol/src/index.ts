export { encodeLine, lines } from './ndjson.js';
export { DONE, encodeEvent, serverSentEvents } from './server-sent-events.js';
