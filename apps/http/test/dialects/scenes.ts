/** A question that any dialect may ask; each says as much of it as it can. */
export interface Question {
  readonly system?: string;
  readonly turns: readonly Turn[];
  readonly tools?: readonly ToolOffer[];
  readonly toolChoice?: 'required';
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly stop?: readonly string[];
  readonly think?: boolean;
}

export type Turn =
  | { readonly role: 'user'; readonly text: string; readonly image?: string }
  | { readonly role: 'assistant'; readonly text: string; readonly call?: Call }
  | { readonly role: 'tool'; readonly text: string; readonly callId: string; readonly image?: string };

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

interface ToolOffer {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** An answer as any dialect tells it. */
export interface Answer {
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly Omit<Call, 'id'>[];
  readonly stop: 'stop' | 'length' | 'call';
  readonly promptTokens: number;
  readonly generatedTokens: number;
}

/** What a dialect needs for a question, or for its answer, beyond text. */
export type Need = 'chat' | 'tools' | 'forced tools' | 'schema' | 'image' | 'thinking' | 'think' | 'stop';

export interface Scene {
  readonly name: string;
  readonly needs: readonly Need[];
  readonly question: Question;
  readonly answer: Answer;
}

/** A PNG of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const weather = {
  name: 'weather',
  description: 'The weather of a place',
  parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
};
const call: Call = { id: 'call_7', name: 'weather', arguments: { place: 'Zürich "West"' } };
const user = { role: 'user', text: 'How are you? 你好\n' } as const;
const plain: Answer = {
  ...{ thinking: '', text: 'Well, <b>thanks</b>. 👋', calls: [], stop: 'stop' },
  ...{ promptTokens: 11, generatedTokens: 5 },
};

export const SCENES: readonly Scene[] = [
  { name: 'a text', needs: [], question: { turns: [user] }, answer: plain },
  {
    name: 'an answer that was cut at its limit',
    needs: [],
    question: { turns: [user], maxTokens: 5, temperature: 0.5 },
    answer: { ...plain, stop: 'length' },
  },
  { name: 'words that end it', needs: ['stop'], question: { turns: [user], stop: ['\n\n', 'END'] }, answer: plain },
  {
    name: 'a conversation with a system message',
    needs: ['chat'],
    question: {
      system: 'Be brief.',
      turns: [user, { role: 'assistant', text: 'Well.' }, { ...user, text: 'And now?' }],
    },
    answer: plain,
  },
  {
    name: 'an image',
    needs: ['image'],
    question: { turns: [{ ...user, image: PIXEL }] },
    answer: plain,
  },
  {
    name: 'a schema',
    needs: ['schema'],
    question: { turns: [user], schema: { type: 'object', properties: { ok: { type: 'boolean' } } } },
    answer: { ...plain, text: '{"ok":true}' },
  },
  {
    name: 'a thought before the answer',
    needs: ['thinking', 'think'],
    question: { turns: [user], think: true },
    answer: { ...plain, thinking: 'They are kind.' },
  },
  { name: 'no thought', needs: ['think'], question: { turns: [user], think: false }, answer: plain },
  {
    name: 'a call of a tool',
    needs: ['chat', 'tools'],
    question: { turns: [user], tools: [weather] },
    answer: { ...plain, calls: [{ name: call.name, arguments: call.arguments }], stop: 'call' },
  },
  {
    name: 'two calls and no text',
    needs: ['chat', 'tools'],
    question: { turns: [user], tools: [weather] },
    answer: {
      ...plain,
      text: '',
      calls: ['Rome', 'Oslo'].map((place) => ({ name: 'weather', arguments: { place } })),
      stop: 'call',
    },
  },
  {
    name: 'a call that is required',
    needs: ['chat', 'tools', 'forced tools'],
    question: { turns: [user], tools: [weather], toolChoice: 'required' },
    answer: { ...plain, text: '', calls: [{ name: 'weather', arguments: { place: 'Rome' } }], stop: 'call' },
  },
  {
    name: "a tool's answer",
    needs: ['chat', 'tools'],
    question: {
      tools: [weather],
      turns: [user, { role: 'assistant', text: '', call }, { role: 'tool', text: '12 °C', callId: call.id }],
    },
    answer: plain,
  },
  {
    name: "a picture as a tool's answer",
    needs: ['chat', 'tools', 'image'],
    question: {
      tools: [weather],
      turns: [
        user,
        { role: 'assistant', text: '', call },
        { role: 'tool', text: 'A map', callId: call.id, image: PIXEL },
      ],
    },
    answer: plain,
  },
];
