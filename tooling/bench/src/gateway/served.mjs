// All of `plimsoll serve` but its command line, in a process of its own, before the Ollama server that argv names.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openPlimsoll } from '@plimsoll/composition';
import { createServer, httpServices, keepMemoryYoung } from '@plimsoll/http';

const [, , address, folder] = process.argv;
const file = path.join(folder, 'config.json');
await writeFile(file, JSON.stringify({ ai: { llm_provider: 'ollama', ollama_host: address } }));
const config = { path: file, environment: {}, homeFolder: folder, workingFolder: folder };
keepMemoryYoung();
const plimsoll = await openPlimsoll({ config, follow: true, gatherRecords: true, govern: { mode: 'active' } });
const { server } = await createServer({ services: await httpServices(plimsoll), admission: { concurrent: 2_000 } });
await server.listen({ host: '127.0.0.1', port: 0 });
process.send({ port: server.server.address().port });
process.on('message', () => process.send({ rssBytes: process.memoryUsage().rss }));
process.on('disconnect', () => process.exit());
