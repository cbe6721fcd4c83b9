const TOKENS = 24;
const messages = (n) => [{ role: 'user', content: `Once upon a time there were ${n} kings` }];
const events = (text) =>
  text.split('\n').flatMap((line) => (/^data: [{]/.test(line) ? [JSON.parse(line.slice('data: '.length))] : []));
const lines = (text) => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
const options = { num_predict: TOKENS };

/** What is asked, and whether an answer is whole. */
export const SOAK_ROUTES = {
  'ollama chat, streamed': {
    path: '/api/chat',
    body: (model, n) => ({ model, messages: messages(n), options }),
    whole: (text) => lines(text).at(-1)?.eval_count > 0,
  },
  'ollama generate, at once': {
    path: '/api/generate',
    body: (model, n) => ({ model, prompt: messages(n)[0].content, stream: false, options }),
    whole: (text) => JSON.parse(text).response.length > 0,
  },
  'openai chat, streamed': {
    path: '/v1/chat/completions',
    body: (model, n) => ({ model, messages: messages(n), stream: true, max_tokens: TOKENS }),
    whole: (text) => text.endsWith('data: [DONE]\n\n') && events(text).at(-1)?.choices[0]?.finish_reason !== null,
  },
  'openai completion, at once': {
    path: '/v1/completions',
    body: (model, n) => ({ model, prompt: messages(n)[0].content, max_tokens: TOKENS }),
    whole: (text) => JSON.parse(text).usage.completion_tokens > 0,
  },
  'openai responses, streamed': {
    path: '/v1/responses',
    body: (model, n) => ({ model, input: messages(n)[0].content, stream: true, max_output_tokens: TOKENS }),
    whole: (text) => /response\.(?:completed|incomplete)/.test(events(text).at(-1)?.type),
  },
  'anthropic messages, streamed': {
    path: '/v1/messages',
    body: (model, n) => ({ model, messages: messages(n), max_tokens: TOKENS, stream: true }),
    whole: (text) => events(text).at(-1)?.type === 'message_stop',
  },
  'a chat by a schema': {
    path: '/api/chat',
    body: (model, n) => ({
      ...{ model, messages: messages(n), stream: false },
      format: { type: 'object', properties: { animal: { enum: ['fox', 'owl'] } }, required: ['animal'] },
    }),
    whole: (text) => /^(?:fox|owl)$/.test(JSON.parse(JSON.parse(text).message.content).animal),
  },
  'a model that is not there': {
    path: '/v1/chat/completions',
    body: (_model, n) => ({ model: 'nothing:1b', messages: messages(n) }),
    status: 404,
    whole: (text) => JSON.parse(text).error.code === 'model_not_found',
  },
};

/** One request to its end: `answered`, `refused`, `wrong` or `left` by its client. */
export async function askSoak(url, route, { model, n, leaves }) {
  const { path, body, status: expected = 200, whole } = SOAK_ROUTES[route];
  const leaving = new AbortController();
  const sent = { method: 'POST', body: JSON.stringify(body(model, n)), signal: leaving.signal };
  try {
    const answer = await fetch(`${url}${path}`, sent);
    if (leaves) {
      leaving.abort();
      return { end: 'left', route };
    }
    const text = await answer.text();
    if (answer.status !== expected) return { end: 'refused', route, status: answer.status, text: text.slice(0, 500) };
    return whole(text) ? { end: 'answered', route } : { end: 'wrong', route, text: text.slice(-500) };
  } catch (cause) {
    return { end: 'wrong', route, cause: String(cause) };
  }
}
