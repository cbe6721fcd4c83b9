import type { BackendDescriptor } from '@plimsoll/di';
import { InvalidConfigError } from '@plimsoll/domain';

/** A server that speaks OpenAI's HTTP API. */
export const backend: BackendDescriptor = {
  id: 'openai',
  settings: ['openaiBaseUrl', 'openaiApiKey'],
  variantNames: 'file',
  runsFiles: false,
  downloads: false,
  async module({ openaiBaseUrl, openaiApiKey }) {
    if (openaiBaseUrl === null) {
      throw new InvalidConfigError('The backend is openai, but the address of the server is not set.', {
        remedies: [{ kind: 'change-setting', path: 'ai.openai_base_url', value: 'http://127.0.0.1:8080/v1' }],
      });
    }
    const { openAiModule } = await import('./inversify.js');
    return openAiModule({ baseUrl: openaiBaseUrl, apiKey: openaiApiKey });
  },
};
