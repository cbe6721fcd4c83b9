import { request } from 'node:http';
import consumers from 'node:stream/consumers';

const HEADER = 'x-plimsoll-variant';

/** Ways to ask for the same text; each reads the whole answer and says what came. */
export const ROUTES = {
  'openai, streamed': {
    path: '/v1/chat/completions',
    body: (options) => ({ ...chat(options), stream: true }),
    read(text) {
      const lines = text.split('\n').filter((line) => line.startsWith('data: '));
      const chunks = lines.filter((line) => line !== 'data: [DONE]').map((line) => JSON.parse(line.slice(6)));
      const choices = chunks.flatMap(({ choices: some }) => some ?? []);
      return {
        text: choices.map(({ delta }) => delta?.content ?? '').join(''),
        whole: lines.at(-1) === 'data: [DONE]' && choices.at(-1)?.finish_reason === 'length',
        error: chunks.find(({ error }) => error !== undefined)?.error?.message ?? null,
      };
    },
  },
  'openai, at once': {
    path: '/v1/chat/completions',
    body: chat,
    read(text) {
      const { choices, error } = JSON.parse(text);
      const [choice] = choices ?? [];
      return {
        text: choice?.message?.content ?? '',
        whole: choice?.finish_reason === 'length',
        error: error?.message ?? null,
      };
    },
  },
  'ollama, streamed': {
    path: '/api/chat',
    body: ({ model, prompt, tokens }) => ({
      model,
      messages: [{ role: 'user', content: prompt }],
      options: { temperature: 0, num_predict: tokens },
    }),
    read(text) {
      const lines = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
      return {
        text: lines.map(({ message }) => message?.content ?? '').join(''),
        whole: lines.at(-1)?.done === true && lines.at(-1)?.done_reason === 'length',
        error: lines.find(({ error }) => error !== undefined)?.error ?? null,
      };
    },
  },
};

function chat({ model, prompt, tokens }) {
  return { model, messages: [{ role: 'user', content: prompt }], max_tokens: tokens, temperature: 0 };
}

/**
 * @returns what came of one request: `status`, `variant` by the header, or by the trailer of a stream that began while its
 * request waited, and the answer or its error.
 */
export async function ask(url, route, options) {
  const { path, body, read } = ROUTES[route];
  // Node's own client: `fetch` does not show trailers.
  const answer = await new Promise((resolve, reject) => {
    request(`${url}${path}`, { method: 'POST' }, resolve)
      .on('error', reject)
      .end(JSON.stringify(body(options)));
  });
  const text = await consumers.text(answer);
  const variant = answer.headers[HEADER] ?? answer.trailers[HEADER] ?? null;
  const begunWhileWaiting = answer.headers[HEADER] === undefined && variant !== null;
  const said = { status: answer.statusCode, variant: variant === null ? null : decodeURI(variant), begunWhileWaiting };
  return { route, ...said, ...read(text) };
}
