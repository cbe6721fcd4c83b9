import { lyingServersContract } from '@plimsoll/testing';
import { OpenAiModelRuntime } from '../src/index.js';
import { collect } from './collect.js';

const timeouts = { connectMs: 300, firstByteMs: 300, idleMs: 300, shortCallMs: 60 };

const asking =
  (ask: (runtime: OpenAiModelRuntime) => Promise<unknown>) =>
  async (baseUrl: string, apiKey: string): Promise<unknown> => {
    const runtime = new OpenAiModelRuntime({ baseUrl, apiKey, timeouts });
    try {
      return await ask(runtime);
    } finally {
      await runtime.close();
    }
  };

lyingServersContract('the list of an OpenAI-compatible server', { ask: asking((runtime) => runtime.list()) });

lyingServersContract('an answer of an OpenAI-compatible server', {
  ask: asking((runtime) =>
    collect(
      runtime.generate(
        { model: 'tale-1b', input: { kind: 'prompt', prompt: 'Once' }, maxTokens: 4 },
        // A stream may be as long as it likes; whoever has enough of it cancels.
        { signal: AbortSignal.timeout(1500) },
      ),
    ),
  ),
});
