// A server that speaks a little of OpenAI's API and of Ollama's: as fast as Node can, so that what stands before it is what is measured.
import { createServer } from 'node:http';

const chunk = (index) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', model: 'tale', choices: [{ index: 0, delta: { content: `w${index} ` } }] })}\n\n`;
const whole = JSON.stringify({ object: 'chat.completion', model: 'tale', choices: [{ message: { content: 'w' } }] });

const details = {
  format: 'gguf',
  family: 'llama',
  families: ['llama'],
  parameter_size: '1B',
  quantization_level: 'Q8_0',
};
const tag = {
  name: 'tale',
  model: 'tale',
  modified_at: '2026-01-01T00:00:00Z',
  size: 1,
  digest: 'a'.repeat(64),
  details,
};

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    const models = request.url === '/api/tags' ? [tag] : [];
    response.end(JSON.stringify({ data: [{ id: 'tale' }], models, version: '0.34.2' }));
    return;
  }
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (piece) => (text += piece));
  request.on('end', () => {
    if (request.url === '/api/show') {
      response.end(JSON.stringify({ details, model_info: {}, capabilities: ['completion'] }));
      return;
    }
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
// While another way has its turn, connections are idle for longer than Node keeps them.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
