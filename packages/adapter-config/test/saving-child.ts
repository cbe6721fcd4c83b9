import { createConfigStore } from '../src/create-config-store.js';

// Saves without end; the test kills it. Every state is whole when both values agree.
const store = createConfigStore({ path: process.argv[2], environment: {} });
for (let round = 1; ; round++) {
  await store.save({ contextTokens: round, model: `model-${round}-${'x'.repeat((round * 977) % 20_000)}` });
  if (round === 1) process.stdout.write('started\n');
}
