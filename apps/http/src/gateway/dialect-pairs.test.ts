import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../index.js';
import { BACKENDS } from '../../test/dialects/backends.js';
import type { Reached } from '../../test/dialects/backends.js';
import { CLIENTS } from '../../test/dialects/clients.js';
import type { Client } from '../../test/dialects/clients.js';
import { SCENES } from '../../test/dialects/scenes.js';
import type { Answer, Question, Scene } from '../../test/dialects/scenes.js';
import { fakeServices } from '../../test/fake-services.js';

const canAsk = ({ lacks }: Client, { needs }: Scene): boolean => !needs.some((need) => lacks.includes(need));

/** A question in a stream and at once: what reached the backend, and what came back. */
async function exchange(backend: string, client: Client, { question, answer }: Scene) {
  const open = BACKENDS[backend];
  if (open === undefined) throw new Error(`There is no backend ${backend}.`);
  const { runtime, takesTools, reached, close } = await open(answer, question.toolChoice === 'required');
  const services = fakeServices({}, (inner) =>
    Object.assign(inner, { capabilities: runtime.capabilities, generate: runtime.generate.bind(runtime) }),
  );
  const server = await startServer({ services, host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await server.close(0);
    await close();
  });
  const ask = async (stream: boolean) => {
    const sent = JSON.stringify(client.body(question, stream));
    const response = await fetch(`${server.url}${client.path}`, { method: 'POST', body: sent });
    const text = await response.text();
    expect([response.status, text]).toEqual([200, text]);
    const told = stream ? client.streamed(piecesOf(text)) : client.whole(JSON.parse(text));
    return { told, reached: withoutDefaults(reached(), question) };
  };
  return { takesTools, exchanges: [await ask(true), await ask(false)] as const };
}

/** Lines, or the data of events. */
const piecesOf = (text: string): readonly object[] =>
  text.split('\n').flatMap((line): readonly object[] => {
    const json = line.startsWith('data: ') ? line.slice('data: '.length) : line;
    return json.startsWith('{') ? [JSON.parse(json) as object] : [];
  });

/** Anthropic's clients must set a limit. */
const withoutDefaults = ({ maxTokens, ...rest }: Reached, question: Question): Reached =>
  question.maxTokens === undefined ? rest : { ...rest, maxTokens: maxTokens as number };

/** What the question is where nothing of it is lost. */
function expected({ system, turns, ...rest }: Question): Reached {
  return {
    ...rest,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...turns.map((turn) => ({
        ...{ role: turn.role, content: turn.text },
        ...('image' in turn ? { images: [turn.image] } : {}),
        ...('call' in turn ? { toolCalls: [turn.call] } : {}),
        ...(turn.role === 'tool' ? { toolCallId: turn.callId } : {}),
      })),
    ],
  };
}

/** A thought is nowhere to be put in a dialect that has none. */
const readable = (answer: Answer, { lacks }: Client): Answer =>
  lacks.includes('thinking') ? { ...answer, thinking: '' } : answer;

describe.each(Object.keys(BACKENDS))('before %s', (backend) => {
  describe.each(Object.entries(CLIENTS))('a client that speaks %s', (_, client) => {
    const scenes = SCENES.filter((scene) => canAsk(client, scene));
    test.each(scenes.map((scene) => [scene.name, scene] as const))('asks and is answered: %s', async (_name, scene) => {
      const { takesTools, exchanges } = await exchange(backend, client, scene);
      for (const { told, reached } of exchanges) {
        expect(told).toEqual(readable(scene.answer, client));
        if (takesTools || scene.question.tools === undefined) expect(reached).toEqual(expected(scene.question));
        else expect(reached).toEqual(await throughPrompt(backend, scene));
      }
    });
  });
});

const prompted = new Map<string, Promise<Reached>>();

/** Where tools are described in the prompt: what a client of OpenAI's, who can say everything, has said. */
function throughPrompt(backend: string, scene: Scene): Promise<Reached> {
  const key = `${backend} ${scene.name}`;
  const known = prompted.get(key) ?? ask(backend, scene);
  prompted.set(key, known);
  return known;
}

async function ask(backend: string, scene: Scene): Promise<Reached> {
  const [{ reached }] = (await exchange(backend, CLIENTS['openai chat'] as Client, scene)).exchanges;
  const text = JSON.stringify(reached);
  expect(text).toContain('The weather of a place');
  for (const turn of scene.question.turns) {
    expect(text).toContain(JSON.stringify(turn.text).slice(1, -1));
    if ('image' in turn) expect(text).toContain(turn.image);
    if ('call' in turn) expect(text).toContain('<tool_call>');
  }
  if (scene.question.toolChoice === 'required') expect(text).toContain('"const":"weather"');
  return reached;
}
