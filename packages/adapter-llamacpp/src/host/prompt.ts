import { InvalidInputError } from '@plimsoll/domain';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { ChatTemplates, templateValues } from './chat-template.js';
import type { Job } from './job.js';
import type { Session } from './hosted-model.js';
import type { Opening } from './thinking-splitter.js';
import { longestTokenBytes, tokenizeOffThread } from './vocabulary.js';

/** What a model is given, and how its text then begins. */
export interface Prompt {
  readonly tokens: Int32Array;
  readonly opening: Opening;
}

/** Texts with fewer bytes than this for each token of the context are not worth a closer look. */
const BYTES_PER_TOKEN = 32;
const TEMPLATE_CHARACTERS = 1_000_000;

const templates = new ChatTemplates();

/** Gets ready for chats, if the model knows them. */
export function expectChats(engine: Engine, { model }: Pick<Session, 'model'>): void {
  if (engine.llama.modelChatTemplate(model, null) !== null) templates.warm();
}

/** The prompt: a text to continue, or messages put into the form the model was trained on. */
export async function preparePrompt(
  engine: Engine,
  session: Session,
  { input, think }: Pick<SessionRequest, 'input' | 'think'>,
  job: Job,
): Promise<Prompt> {
  const { model, vocab } = session;
  if (input.kind === 'raw') return { tokens: await tokens(engine, session, input.prompt, true), opening: 'answer' };
  if (input.kind === 'between') return { tokens: await tokensAroundGap(engine, session, input), opening: 'answer' };
  const template = engine.llama.modelChatTemplate(model, null);
  if (template === null) {
    // A base model knows no roles: it continues what was said.
    const text = input.messages.map((message) => message.content).join('\n\n');
    return { tokens: await tokens(engine, session, text, true), opening: 'answer' };
  }
  for (const { content } of input.messages) demandThatItFits(engine, session, content);
  const bos = tokenText(engine, vocab, engine.llama.vocabBos(vocab));
  const said = input.messages.reduce((sum, { content }) => sum + content.length, 0);
  const text = await templates.render(
    {
      source: template,
      messages: input.messages,
      values: templateValues(bos, tokenText(engine, vocab, engine.llama.vocabEos(vocab)), think, new Date()),
      mostCharacters: TEMPLATE_CHARACTERS + 2 * said,
    },
    job,
  );
  // Most templates write the first token themselves; twice would confuse the model.
  return {
    tokens: await tokens(engine, session, text, bos === '' || !text.startsWith(bos)),
    opening: opening(template, text),
  };
}

async function tokens(engine: Engine, session: Session, text: string, addSpecial: boolean): Promise<Int32Array> {
  demandThatItFits(engine, session, text);
  return tokenizeOffThread(engine, session.vocab, text, addSpecial, true);
}

/** The order of llama-server's `/infill`: the mark and the text before the gap, those after it, the mark of what fills it. */
async function tokensAroundGap(
  engine: Engine,
  session: Session,
  { prompt, suffix }: Extract<SessionRequest['input'], { kind: 'between' }>,
): Promise<Int32Array> {
  const { vocab } = session;
  const { llama } = engine;
  const marks = [llama.vocabGapPrefix(vocab), llama.vocabGapSuffix(vocab), llama.vocabGapMiddle(vocab)] as const;
  if (marks.some((mark) => mark < 0)) {
    throw new InvalidInputError('This model cannot fill in between a prompt and a suffix.', {
      hint: 'Send the prompt without `suffix`.',
    });
  }
  const plain = async (text: string): Promise<Int32Array> => {
    demandThatItFits(engine, session, text);
    return tokenizeOffThread(engine, vocab, text, false, false);
  };
  const first = llama.vocabAddsBos(vocab) ? [llama.vocabBos(vocab)] : [];
  return Int32Array.from([...first, marks[0], ...(await plain(prompt)), marks[1], ...(await plain(suffix)), marks[2]]);
}

/** Refuses a text that cannot fit, however it is cut into tokens, before time and memory are spent on cutting it. */
function demandThatItFits(engine: Engine, { vocab, contextTokens }: Session, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= contextTokens * BYTES_PER_TOKEN) return;
  const least = Math.ceil(bytes / longestTokenBytes(engine, vocab));
  if (least < contextTokens) return;
  throw new InvalidInputError(
    `The prompt has more than ${least} tokens; the context holds ${contextTokens}, the answer included.`,
    { hint: 'Shorten the prompt or ask for a longer context.' },
  );
}

/** Models whose template knows the mark think before they answer; some templates write it for them. */
function opening(template: string, prompt: string): Opening {
  if (!template.includes('<think>')) return 'answer';
  return prompt.trimEnd().endsWith('<think>') ? 'thought' : 'perhaps';
}

function tokenText({ llama }: Engine, vocab: Session['vocab'], token: number): string {
  return token < 0 ? '' : llama.vocabText(vocab, token);
}
