import type { Difference } from './compare.js';

/** Why answers differ, and which differences that explains: those whose `request | part` matches. */
interface Reason {
  readonly because: string;
  readonly explains: RegExp;
}

/** Which one the reasons are about. */
const NEWEST = '0.34.2';
/** Why another one differs more. */
const OLDER = `This release answers otherwise than ${NEWEST}, which the gateway keeps to.`;

/** The first one that matches holds; each has to explain something. */
const REASONS: readonly Reason[] = [
  {
    because: 'Routes that are not there, and methods that a route lacks, are refused in JSON that names what is there.',
    explains:
      /^(?:GET \/(?:api|v1)\/nothing|POST \/api\/tags|PUT \/api\/show|GET \/api\/(?:chat|generate)|GET \/v1\/chat\/completions) \|/,
  },
  {
    because: 'The list of models opens no file. `/api/show` says what a model can do and how long its context is.',
    explains: /^GET \/api\/tags \| field models/,
  },
  {
    because: 'Clients show `general.basename`: the level is added to it, and where a file has none its name is taken.',
    explains: /\| field model_info\.general\.(?:base)?name$/,
  },
  {
    because: 'Lists as long as a vocabulary are not held in memory, and come as null where a client asks for them.',
    explains: /verbose \| field model_info\.tokenizer/,
  },
  {
    because: 'A model is named as it was asked for, and in the same words on every route.',
    explains: /^(?:\/api\/show: a model that is not there|\/api\/embed.*: a model that is not there) \| error$/,
  },
  {
    because: "OpenAI's own type and code of a model that is not there: its clients look at the code.",
    explains:
      /^(?:GET \/v1\/models\/nothing-here|\/v1\/(?:chat|completions|embeddings|responses).*a model that is not there.*) \|/,
  },
  {
    because:
      'JSON that cannot be read, and a field of a wrong type, are refused in words of our own, which name the field.',
    explains:
      /: (?:no JSON|a number.*|a list|no body|a text as the messages|a word as the temperature|too many log-probabilities|a keep_alive that is no duration|an encoding that nobody knows) \| error$/,
  },
  {
    because: 'What a request lacks is named by its field, with 400.',
    explains: /: (?:no model|an empty model|no input|no messages|no max_tokens) \|/,
  },
  {
    because: 'A mistake of the client is answered with 400, not with 500.',
    explains: /: (?:a wrong format|a word as an option) \|/,
  },
  {
    because: '`context` is a way of continuing that Ollama has given up; the runtimes hand out no numbers of tokens.',
    explains: /^\/api\/generate.*field context$/,
  },
  {
    because: 'This model was not trained to fill in between a prompt and a suffix; both servers refuse it.',
    explains: /: a suffix \| error$/,
  },
  {
    because:
      'A base name may stand for models with and without thoughts: a wish for them is no fault where there are none.',
    explains: /: thinking \|/,
  },
  {
    because: "The embedded engine sees no images; that is the server's lack and not the request's, hence 501.",
    explains: /: (?:an image|no base64) \|/,
  },
  {
    because:
      'Ollama drops a role that it does not know from the prompt; a text that silently is not read is worse than a refusal.',
    explains: /: a role that nobody has \|/,
  },
  {
    because: 'Tools are described in the prompt where the model has no template for them.',
    explains: /: a tool \|/,
  },
  {
    because: 'The embedded engine makes vectors with any model; the llama-server below Ollama only with some.',
    explains: /^\/(?:api\/embed|api\/embeddings|v1\/embeddings): (?:a text|two texts|base64) \|/,
  },
  {
    because: "Ollama's store: here, models are files of their owner, and `create` makes levels of them.",
    explains: /^(?:\/api\/(?:create|copy|delete).*|HEAD \/api\/blobs.*) \|/,
  },
  {
    because: 'Nothing is there to take a fingerprint of: the variant is in a header.',
    explains: /system_fingerprint$/,
  },
  {
    because: "OpenAI's answers have these fields as null; Ollama leaves them out.",
    explains: /^\/v1\/(?:chat\/)?completions.*logprobs(?:\.refusal)?$/,
  },
  {
    because: "Anthropic's answers have these fields as null; Ollama leaves them out.",
    explains: /^\/v1\/messages.*(?:stop_sequence|stop_reason)$/,
  },
  {
    because: 'Counts come once, in the chunk that OpenAI describes; Ollama has unfinished ones in every chunk.',
    explains: /^\/v1\/completions: a stream with usage \| .*usage/,
  },
  {
    because: 'An address would have the server fetch for the client; both refuse it.',
    explains: /: an image by address \| error$/,
  },
  {
    because: "An answer that ends at its limit is `incomplete`, as in OpenAI's API; Ollama calls it completed.",
    explains: /^\/v1\/responses.*\| (?:order|field incomplete_details)/,
  },
  { because: 'Ollama does not count tokens on request.', explains: /count_tokens/ },
];

/** The list for the docs: under each reason what it explains, with the requests it was seen with. */
export function renderDifferences(version: string, differences: readonly Difference[]): string {
  const sections = [...reasonsOf(version, differences)].map(([because, explained]) => {
    const lines = new Map<string, string[]>();
    for (const { request, part, ollama, gateway } of explained) {
      const line = `${code(part)}: ${value(ollama)} at Ollama, ${value(gateway)} here`;
      lines.set(line, [...(lines.get(line) ?? []), code(request)]);
    }
    const items = [...lines].map(([line, requests]) => `- ${line} (${requests.join(', ')})`);
    return `## ${because}\n\n${items.join('\n')}\n`;
  });
  return `${head(version)}\n${sections.join('\n')}`;
}

const head = (version: string): string => `# Parity with Ollama ${version}, request by request

Written by \`test/gateway-parity\`, which sends its table of requests to a real Ollama ${version} and to the gateway in front of the
embedded engine, both with the sample model, and compares status, headers, fields, types, the order of a stream's pieces and the
texts of errors. What follows is all that differs; the test fails when anything else does, or when something here no longer
does. \`npx vitest run --config tooling/vitest/vitest.config.ts apps/http/test/gateway-parity -u\` writes it anew.
`;

/** @throws Error for a difference without a reason, and for a reason without a difference */
function reasonsOf(version: string, differences: readonly Difference[]): ReadonlyMap<string, readonly Difference[]> {
  const explained = new Map<string, Difference[]>(REASONS.map(({ because }) => [because, []]));
  for (const difference of differences) {
    const { request, part, ollama, gateway } = difference;
    const reason = REASONS.find(({ explains }) => explains.test(`${request} | ${part}`));
    if (reason === undefined && version === NEWEST)
      throw new Error(`${request} | ${part}: ${ollama} at Ollama, ${gateway} here, unexplained`);
    const because = reason?.because ?? OLDER;
    explained.set(because, [...(explained.get(because) ?? []), difference]);
  }
  for (const [because, found] of explained) {
    if (found.length > 0) continue;
    if (version === NEWEST) throw new Error(`Explains nothing: ${because}`);
    explained.delete(because);
  }
  return explained;
}

const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``;
const value = (text: string): string => (text === 'absent' ? text : code(text));
