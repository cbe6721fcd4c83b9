import { createServer } from 'node:http';
import { createProxyServer } from 'httpxy';

const proxy = createProxyServer({
  target: process.argv[2],
  agent: new (await import('node:http')).Agent({ keepAlive: true }),
});
const server = createServer((request, response) => {
  proxy.web(request, response).catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ rssBytes: process.memoryUsage().rss }));
process.on('disconnect', () => process.exit());
