import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { refusal } from './error-body.js';
import type { ErrorAnswer } from './error-body.js';

/**
 * Answers what Node's parser refuses before there is a request, in the shape of every other failure. The connection
 * ends with it.
 */
export function answerProtocolError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const { status, body } = protocolAnswer(error.code);
  const text = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(text)}`,
      'connection: close',
      '',
      text,
    ].join('\r\n'),
  );
}

function protocolAnswer(code: string | undefined): ErrorAnswer {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return refusal(431, 'too-large', 'The headers are larger than allowed here.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal(408, 'timeout', 'The request did not arrive in time.');
    default:
      return refusal(400, 'invalid-input', 'This is not a request in HTTP/1.1.');
  }
}
