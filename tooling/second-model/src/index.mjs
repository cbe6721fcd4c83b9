import { fileURLToPath } from 'node:url';

/** Path of Bramble, at F16. */
export const secondModelPath = () => fileURLToPath(new URL('../bramble-7m-f16.gguf', import.meta.url));
