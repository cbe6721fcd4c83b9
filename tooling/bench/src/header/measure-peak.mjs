import { FileModelInspector } from '@plimsoll/adapter-gguf';

// Run as `node --expose-gc measure-peak.mjs FILE`: reads the header once in a process of its own and prints by how
// much the process's high-water mark grew.
const path = process.argv[2];
const inspector = new FileModelInspector();
globalThis.gc();
const before = process.resourceUsage().maxRSS * 1024;
const { header } = await inspector.inspect({ kind: 'file', path });
const after = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ headerBytes: header.headerBytes, peakBytes: after - before }));
