import { createConfigStore } from '@plimsoll/adapter-config';

const store = createConfigStore({ path: process.argv[2], flags: { threads: 2 } });

await store.save({ quantizationBits: 4, gpuMemoryLimitBytes: 6 * 1024 ** 3 });
await store.set('ai.model_overrides.llama3.1:8b.quantization_level', 'q6_k');

const { settings, origins } = await store.load();
console.log(settings.quantizationBits, origins.quantizationBits); // 4 file
console.log(settings.threads, origins.threads); // 2 flag
console.log(settings.modelOverrides['llama3.1:8b']?.level); // Q6_K
console.log(settings.http, origins.http); // { host: '127.0.0.1', port: 11435 } default
