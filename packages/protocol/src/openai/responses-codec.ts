import type { Codec } from '../codec.js';
import { readResponses } from './read-responses.js';
import type { ResponsesRequest } from './responses-request.js';
import { ResponsesStream } from './responses-stream.js';
import { outputOf, statusOf, writeResponse } from './write-response.js';

/** `POST /v1/responses`: text, thoughts and calls of functions. Nothing is kept between requests. */
export const responsesCodec: Codec<ResponsesRequest> = {
  streamType: 'text/event-stream',
  read: readResponses,
  stream: (asked, facts) => new ResponsesStream(asked, facts),
  whole: (asked, facts, answer) =>
    writeResponse(asked, facts, statusOf(answer.done), outputOf(facts, answer), answer.done.timings),
};
