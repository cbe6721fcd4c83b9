// A server that speaks a little of OpenAI's API: as fast as Node can, so that what stands before it is what is measured.
import { createServer } from 'node:http';

const chunk = (index) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', model: 'tale', choices: [{ index: 0, delta: { content: `w${index} ` } }] })}\n\n`;
const whole = JSON.stringify({ object: 'chat.completion', model: 'tale', choices: [{ message: { content: 'w' } }] });

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify({ data: [{ id: 'tale' }], models: [], version: '0.34.2' }));
    return;
  }
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (piece) => (text += piece));
  request.on('end', () => {
    const { stream, chunks = 200 } = JSON.parse(text);
    if (!stream) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let written = 0;
    const write = () => {
      if (response.destroyed) return;
      response.write(chunk(written++));
      if (written < chunks) setTimeout(write, 5);
      else response.end('data: [DONE]\n\n');
    };
    write();
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
