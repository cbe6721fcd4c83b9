/** One request of the parity table. */
export interface ParityCase {
  readonly name: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE' | 'PUT';
  readonly path: string;
  /** As JSON; a text goes as it is. */
  readonly body?: unknown;
}

type Body = Readonly<Record<string, unknown>>;

/** The name that both servers know the sample model by. */
export const MODEL = 'fable-5m-F16';
const OTHER = 'nothing-here';
const PROMPT = 'Once upon a time';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const options = { temperature: 0, num_predict: 3, seed: 1 };
const schema = { type: 'object', properties: { animal: { enum: ['fox', 'owl'] } }, required: ['animal'] };
const messages = [{ role: 'user', content: PROMPT }];
const tool = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Weather',
    parameters: { type: 'object', properties: { place: { type: 'string' } } },
  },
};

const post = (path: string, name: string, body?: unknown): ParityCase => ({
  name: `${path}: ${name}`,
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
});
const plain = (method: ParityCase['method'], path: string): ParityCase => ({ name: `${method} ${path}`, method, path });

const chat = (name: string, body: Body): ParityCase =>
  post('/api/chat', name, { model: MODEL, messages, options, stream: false, ...body });
const generate = (name: string, body: Body): ParityCase =>
  post('/api/generate', name, { model: MODEL, prompt: PROMPT, options, stream: false, ...body });
const embed = (name: string, body: Body): ParityCase => post('/api/embed', name, { model: MODEL, ...body });
const completion = (name: string, body: Body): ParityCase =>
  post('/v1/completions', name, { model: MODEL, prompt: PROMPT, max_tokens: 3, temperature: 0, ...body });
const openAiChat = (name: string, body: Body): ParityCase =>
  post('/v1/chat/completions', name, { model: MODEL, messages, max_tokens: 3, temperature: 0, ...body });
const response = (name: string, body: Body): ParityCase =>
  post('/v1/responses', name, { model: MODEL, input: PROMPT, max_output_tokens: 3, temperature: 0, ...body });
const message = (name: string, body: Body): ParityCase =>
  post('/v1/messages', name, { model: MODEL, messages, max_tokens: 3, temperature: 0, ...body });

/** What is sent to a real Ollama and to the gateway, in this order: later ones find the model loaded. */
export const CASES: readonly ParityCase[] = [
  plain('GET', '/'),
  plain('HEAD', '/'),
  plain('GET', '/api/version'),
  plain('HEAD', '/api/version'),
  plain('GET', '/api/tags'),
  plain('HEAD', '/api/tags'),
  plain('GET', '/api/ps'),
  plain('GET', '/api/nothing'),
  plain('GET', '/v1/nothing'),
  plain('POST', '/api/tags'),
  plain('GET', '/api/chat'),
  plain('GET', '/api/generate'),
  plain('PUT', '/api/show'),
  plain('GET', '/v1/chat/completions'),

  post('/api/show', 'a model', { model: MODEL }),
  post('/api/show', 'by its older name', { name: MODEL }),
  post('/api/show', 'verbose', { model: MODEL, verbose: true }),
  post('/api/show', 'a model that is not there', { model: OTHER }),
  post('/api/show', 'no model', {}),
  post('/api/show', 'no body'),
  post('/api/show', 'no JSON', '{"model":'),
  post('/api/show', 'a number as the model', { model: 7 }),

  post('/api/generate', 'loads', { model: MODEL, stream: false }),
  post('/api/generate', 'loads in a stream', { model: MODEL }),
  { ...plain('GET', '/api/ps'), name: 'GET /api/ps, loaded' },
  generate('a text', {}),
  generate('a stream', { stream: true }),
  generate('a stream by default', { stream: undefined }),
  generate('raw', { raw: true }),
  generate('a system prompt', { system: 'Be brief.' }),
  generate('a stop', { options: { ...options, num_predict: 8, stop: ['a'] } }),
  generate('JSON', { format: 'json', options: { ...options, num_predict: 4 } }),
  generate('a schema', { format: schema, options: { ...options, num_predict: 30 } }),
  generate('log-probabilities', { logprobs: true, top_logprobs: 2 }),
  generate('log-probabilities in a stream', { logprobs: true, top_logprobs: 1, stream: true }),
  generate('too many log-probabilities', { logprobs: true, top_logprobs: 21 }),
  generate('a wrong format', { format: 'xml' }),
  generate('a suffix', { suffix: 'the end' }),
  generate('thinking', { think: true }),
  generate('an image', { images: [PIXEL] }),
  generate('no base64', { images: ['%%%'] }),
  generate('a model that is not there', { model: OTHER }),
  generate('no model', { model: undefined }),
  generate('an empty model', { model: '' }),
  generate('a keep_alive that is no duration', { keep_alive: 'soon' }),
  generate('a keep_alive in words', { keep_alive: '10m' }),
  generate('a keep_alive for ever', { keep_alive: -1 }),
  generate('a word as an option', { options: { temperature: 'hot' } }),
  generate('an option that nobody knows', { options: { ...options, wonder: 1 } }),
  generate('a number as the prompt', { prompt: 7 }),
  post('/api/generate', 'no body'),
  post('/api/generate', 'no JSON', 'prompt=hello'),
  post('/api/generate', 'a list', []),

  chat('a message', {}),
  chat('a stream', { stream: true }),
  chat('a system message', { messages: [{ role: 'system', content: 'Be brief.' }, ...messages] }),
  chat('a schema', { format: schema, options: { ...options, num_predict: 30 } }),
  chat('log-probabilities', { logprobs: true, top_logprobs: 2 }),
  chat('no messages: loads', { messages: [] }),
  chat('a stream of nothing', { messages: [], stream: true }),
  chat('a role that nobody has', { messages: [{ role: 'ghost', content: PROMPT }] }),
  chat('a message without content', { messages: [{ role: 'user' }] }),
  chat('a text as the messages', { messages: PROMPT }),
  chat('thinking', { think: true }),
  chat('an image', { messages: [{ role: 'user', content: PROMPT, images: [PIXEL] }] }),
  chat('a wrong format', { format: 'xml' }),
  chat('a model that is not there', { model: OTHER }),
  chat('no model', { model: undefined }),
  chat('a tool', { tools: [tool] }),
  post('/api/chat', 'no body'),
  post('/api/chat', 'no JSON', '{'),

  embed('a text', { input: PROMPT }),
  embed('two texts', { input: [PROMPT, 'The end'] }),
  embed('nothing', { input: [] }),
  embed('an empty text', { input: '' }),
  embed('no input', {}),
  embed('a number', { input: 7 }),
  embed('a model that is not there', { model: OTHER, input: PROMPT }),
  post('/api/embed', 'no body'),
  post('/api/embeddings', 'a text', { model: MODEL, prompt: PROMPT }),
  post('/api/embeddings', 'a model that is not there', { model: OTHER, prompt: PROMPT }),

  post('/api/pull', 'no model', {}),
  post('/api/pull', 'no body'),
  post('/api/create', 'no body'),
  post('/api/create', 'no model', {}),
  post('/api/create', 'a model out of nothing', { model: 'new', stream: false }),
  post('/api/create', 'from a model that is not there', {
    model: 'new',
    from: OTHER,
    quantize: 'wrong',
    stream: false,
  }),
  post('/api/copy', 'a model that is not there', { source: OTHER, destination: 'new' }),
  { name: '/api/delete: a model that is not there', method: 'DELETE', path: '/api/delete', body: { model: OTHER } },
  plain('HEAD', `/api/blobs/sha256:${'0'.repeat(64)}`),

  plain('GET', '/v1/models'),
  plain('GET', `/v1/models/${MODEL}`),
  plain('GET', `/v1/models/${OTHER}`),
  openAiChat('a message', {}),
  openAiChat('a stream', { stream: true }),
  openAiChat('a stream with usage', { stream: true, stream_options: { include_usage: true } }),
  openAiChat('parts', { messages: [{ role: 'user', content: [{ type: 'text', text: PROMPT }] }] }),
  openAiChat('log-probabilities', { logprobs: true, top_logprobs: 2 }),
  openAiChat('a schema', {
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
    max_tokens: 30,
  }),
  openAiChat('a stop', { stop: ['a'], max_tokens: 8 }),
  openAiChat('no messages', { messages: [] }),
  openAiChat('no model', { model: undefined }),
  openAiChat('a model that is not there', { model: OTHER }),
  openAiChat('a model that is not there, in a stream', { model: OTHER, stream: true }),
  openAiChat('an image by address', {
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }] }],
  }),
  openAiChat('a word as the temperature', { temperature: 'hot' }),
  post('/v1/chat/completions', 'no body'),
  post('/v1/chat/completions', 'no JSON', '{'),
  completion('a text', {}),
  completion('a stream', { stream: true }),
  completion('a stream with usage', { stream: true, stream_options: { include_usage: true } }),
  completion('a model that is not there', { model: OTHER }),
  completion('a suffix', { suffix: 'the end' }),
  post('/v1/embeddings', 'a text', { model: MODEL, input: PROMPT }),
  post('/v1/embeddings', 'base64', { model: MODEL, input: PROMPT, encoding_format: 'base64' }),
  post('/v1/embeddings', 'no input', { model: MODEL }),
  post('/v1/embeddings', 'an encoding that nobody knows', { model: MODEL, input: PROMPT, encoding_format: 'hex' }),
  post('/v1/embeddings', 'a model that is not there', { model: OTHER, input: PROMPT }),
  response('a text', {}),
  response('a stream', { stream: true }),
  response('instructions', { instructions: 'Be brief.' }),
  response('a model that is not there', { model: OTHER }),
  response('no input', { input: undefined }),

  message('a message', {}),
  message('a stream', { stream: true }),
  message('a system prompt', { system: 'Be brief.' }),
  message('blocks', { messages: [{ role: 'user', content: [{ type: 'text', text: PROMPT }] }] }),
  message('a model that is not there', { model: OTHER }),
  message('no max_tokens', { max_tokens: undefined }),
  message('no messages', { messages: [] }),
  message('no model', { model: undefined }),
  post('/v1/messages', 'no body'),
  post('/v1/messages/count_tokens', 'a message', { model: MODEL, messages }),

  generate('unloads', { prompt: '', keep_alive: 0 }),
];
