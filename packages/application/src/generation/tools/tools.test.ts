import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GenerateEvent, GenerateRequest } from '@plimsoll/domain';
import { InMemoryModelRuntime, installedVariant } from '@plimsoll/testing';
import { generateWithTools } from './generate-with-tools.js';
import { ToolCallSplitter } from './tool-call-splitter.js';
import { withToolsInPrompt } from './tools-in-prompt.js';

const weather = {
  name: 'weather',
  description: 'The weather of a place',
  parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
} as const;
const done: GenerateEvent = {
  type: 'done',
  stopReason: 'stop',
  timings: {
    ...{ promptTokens: 1, cachedPromptTokens: null, generatedTokens: 1, loadMs: null },
    ...{ prefillMs: null, decodeMs: null, firstTokenMs: null, totalMs: 1 },
  },
};

/** The events of a text that comes in the given pieces. */
function split(pieces: readonly string[], forced = false): readonly GenerateEvent[] {
  let ids = 0;
  const splitter = new ToolCallSplitter(() => `call_${(ids += 1)}`, forced);
  return [...pieces.map((text) => ({ type: 'text', text }) as const), done].flatMap((event) => splitter.push(event));
}
const textOf = (events: readonly GenerateEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');
const callsOf = (events: readonly GenerateEvent[]): readonly unknown[] =>
  events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));

describe('calls in a text', () => {
  const answer =
    'Let me look. <tool_call>\n{"name": "weather", "arguments": {"place": "Rome <3"}}\n</tool_call>\n' +
    '<tool_call>{"name": "weather", "arguments": {"place": "Oslo"}}</tool_call>';
  const expected = [
    { id: 'call_1', name: 'weather', arguments: { place: 'Rome <3' } },
    { id: 'call_2', name: 'weather', arguments: { place: 'Oslo' } },
  ];

  test('are found however the text is cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: answer.length }), { maxLength: 30 }), (cuts) => {
        const at = [0, ...[...cuts].sort((a, b) => a - b), answer.length];
        const events = split(at.slice(1).map((end, index) => answer.slice(at[index], end)));
        expect(callsOf(events)).toEqual(expected);
        expect(textOf(events)).toBe('Let me look.');
        expect(events.at(-1)).toBe(done);
      }),
    );
  });

  test('nothing of a text without calls is lost or moved', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('<', '<tool', '_call', 'a', ' ', '\n', '</tool_call>', '{')), (pieces) => {
        fc.pre(!pieces.join('').includes('<tool_call>'));
        expect(textOf(split(pieces))).toBe(pieces.join(''));
      }),
    );
  });

  test('the closing mark of the last one may be missing', () => {
    expect(callsOf(split(['<tool_call>{"name":"weather","arguments":{}}']))).toHaveLength(1);
  });

  test.each(['<tool_call>not JSON</tool_call>', '<tool_call>{"arguments":{}}</tool_call>', '<tool_call>'])(
    '%s is text',
    (text) => expect(textOf(split([text]))).toBe(text),
  );

  test('an endless one is given up as text', () => {
    const pieces = ['<tool_call>', ...Array.from({ length: 300 }, () => 'x'.repeat(1024))];
    expect(textOf(split(pieces))).toBe(pieces.join(''));
  });

  test('a forced one is the whole answer', () => {
    expect(callsOf(split(['{"name":"weather",', '"arguments":{"place":"Bonn"}}'], true))).toEqual([
      { id: 'call_1', name: 'weather', arguments: { place: 'Bonn' } },
    ]);
  });
});

describe('tools in the prompt', () => {
  const request = (more: Partial<GenerateRequest>): GenerateRequest => ({
    model: 'tale',
    input: { kind: 'chat', messages: [{ role: 'user', content: 'Rain?' }] },
    tools: [weather],
    ...more,
  });

  test('are described to the system', () => {
    const { input, tools } = withToolsInPrompt(request({}));
    expect(tools).toBeUndefined();
    expect(input).toMatchObject({ messages: [{ role: 'system' }, { role: 'user', content: 'Rain?' }] });
    expect(JSON.stringify(input)).toContain('The weather of a place');
  });

  test('past calls and answers become text', () => {
    const { input } = withToolsInPrompt(
      request({
        toolChoice: 'none',
        input: {
          kind: 'chat',
          messages: [
            { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'weather', arguments: { place: 'Rome' } }] },
            { role: 'tool', content: 'dry', toolCallId: '1' },
          ],
        },
      }),
    );
    expect(input).toEqual({
      kind: 'chat',
      messages: [
        {
          role: 'assistant',
          content: '<tool_call>\n{"name":"weather","arguments":{"place":"Rome"}}\n</tool_call>',
        },
        { role: 'user', content: '<tool_response>\ndry\n</tool_response>' },
      ],
    });
  });

  test('a call that is required is forced by a schema', () => {
    expect(withToolsInPrompt(request({ toolChoice: { name: 'weather' } })).format).toMatchObject({
      properties: { name: { const: 'weather' }, arguments: weather.parameters },
    });
  });

  test.each([
    [{ toolChoice: { name: 'rain' } }, 'names rain'],
    [{ toolChoice: 'required', format: 'json' }, 'schema of its own'],
  ] as const)('%j is refused', (more, words) => {
    expect(() => withToolsInPrompt(request(more))).toThrow(words);
  });

  test('a runtime that hands tools on gets them as they are', async () => {
    const runtime = new InMemoryModelRuntime({
      variants: [installedVariant({ name: 'tale' })],
      capabilities: { tools: true },
    });
    const asked = request({});
    for await (const event of generateWithTools(runtime, asked, {}, () => 'call')) if (event.type === 'done') break;
    expect(runtime.requests).toEqual([asked]);
  });
});
