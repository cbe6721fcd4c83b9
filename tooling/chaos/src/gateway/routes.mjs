const chat = (model, prompt) => ({ model, messages: [{ role: 'user', content: prompt }] });
const lines = (text) => text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
const events = (text) =>
  text.split('\n').flatMap((line) => (/^data: [{]/.test(line) ? [JSON.parse(line.slice('data: '.length))] : []));
const openAiStream = (pieceOf) => ({
  write: (model, piece) => `data: ${JSON.stringify({ model, choices: [pieceOf(piece)] })}\n\n`,
  end: (model) =>
    `data: ${JSON.stringify({ model, choices: [{ ...pieceOf(''), finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
  read: (text) => ({
    text: events(text)
      .flatMap(({ choices }) => choices ?? [])
      .map((choice) => choice.delta?.content ?? choice.text ?? '')
      .join(''),
    whole: text.endsWith('data: [DONE]\n\n'),
  }),
});
const ollamaStream = (field) => ({
  write: (model, piece) => `${JSON.stringify({ model, ...field(piece), done: false })}\n`,
  end: (model) => `${JSON.stringify({ model, ...field(''), done: true, done_reason: 'stop' })}\n`,
  read: (text) => ({
    text: lines(text)
      .map(({ message, response }) => message?.content ?? response ?? '')
      .join(''),
    whole: lines(text).at(-1)?.done === true,
  }),
});
const atOnce = (body, textOf) => ({
  write: null,
  end: (model, text) => JSON.stringify({ model, ...body(text) }),
  read: (text) => ({ text: textOf(JSON.parse(text)) ?? '', whole: textOf(JSON.parse(text)) !== undefined }),
});

/** The dialects, streamed and at once: what a client sends and reads, and what a server writes. */
export const ROUTES = {
  'ollama chat, streamed': {
    ...{ path: '/api/chat', body: chat },
    ...ollamaStream((content) => ({ message: { role: 'assistant', content } })),
  },
  'ollama chat, at once': {
    ...{ path: '/api/chat', body: (model, prompt) => ({ ...chat(model, prompt), stream: false }) },
    ...atOnce(
      (content) => ({ message: { role: 'assistant', content }, done: true }),
      ({ message }) => message?.content,
    ),
  },
  'ollama generate, streamed': {
    ...{ path: '/api/generate', body: (model, prompt) => ({ model, prompt }) },
    ...ollamaStream((response) => ({ response })),
  },
  'openai chat, streamed': {
    ...{ path: '/v1/chat/completions', body: (model, prompt) => ({ ...chat(model, prompt), stream: true }) },
    ...openAiStream((content) => ({ delta: { content } })),
  },
  'openai chat, at once': {
    ...{ path: '/v1/chat/completions', body: chat },
    ...atOnce(
      (content) => ({ choices: [{ message: { content } }] }),
      ({ choices }) => choices?.[0]?.message?.content,
    ),
  },
  'openai completion, streamed': {
    ...{ path: '/v1/completions', body: (model, prompt) => ({ model, prompt, stream: true }) },
    ...openAiStream((text) => ({ text })),
  },
  'anthropic messages, streamed': {
    path: '/v1/messages',
    body: (model, prompt) => ({ ...chat(model, prompt), max_tokens: 99, stream: true }),
    write: (model, text) => event('content_block_delta', { model, delta: { type: 'text_delta', text } }),
    end: () => event('message_stop', {}),
    read: (text) => ({
      text: events(text)
        .map(({ delta }) => delta?.text ?? '')
        .join(''),
      whole: events(text).at(-1)?.type === 'message_stop',
    }),
  },
  'anthropic messages, at once': {
    ...{ path: '/v1/messages', body: (model, prompt) => ({ ...chat(model, prompt), max_tokens: 99 }) },
    ...atOnce(
      (text) => ({ content: [{ type: 'text', text }] }),
      ({ content }) => content?.[0]?.text,
    ),
  },
};

function event(type, data) {
  return `event: ${type}\ndata: ${JSON.stringify({ ...data, type })}\n\n`;
}

/** What an error says, in the shape of any dialect, alone or as a stream's last words; null when there is none. */
export function errorIn(text) {
  const last = /\{"(?:type":"error",")?error":.*$/m.exec(text)?.[0];
  if (last === undefined) return null;
  const { error } = JSON.parse(last);
  return typeof error === 'string' ? error : error.message;
}
