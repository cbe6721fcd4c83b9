// The gateway in a process of its own, before the upstream that argv names.
import { createServer, keepMemoryYoung } from '@plimsoll/http';
import { relayServices } from './relay-services.mjs';

keepMemoryYoung();
const { server } = await createServer({ services: relayServices(process.argv[2]), admission: { concurrent: 2_000 } });
await server.listen({ host: '127.0.0.1', port: 0 });
process.send({ port: server.server.address().port });
process.on('message', () => process.send({ rssBytes: process.memoryUsage().rss }));
process.on('disconnect', () => process.exit());
