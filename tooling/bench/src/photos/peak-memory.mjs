import { PASSES } from './passes.mjs';

/** A process that makes one pass and sends the most memory that it held, bytes. */
const [pass, path] = process.argv.slice(2);
await PASSES[pass](path);
process.send?.(process.resourceUsage().maxRSS * 1024);
