import { Template } from '@huggingface/jinja';
import { UnsupportedModelError } from '@plimsoll/domain';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Session } from './session.js';
import type { Opening } from './thinking-splitter.js';
import { tokenize } from './vocabulary.js';

type Messages = Extract<SessionRequest['input'], { kind: 'messages' }>['messages'];

/** What a model is given, and how its text then begins. */
export interface Prompt {
  readonly tokens: Int32Array;
  readonly opening: Opening;
}

/** The prompt: a text to continue, or messages put into the form the model was trained on. */
export function preparePrompt(engine: Engine, { model, vocab }: Session, request: SessionRequest): Prompt {
  if (request.input.kind === 'raw') {
    return { tokens: tokenize(engine, vocab, request.input.prompt, true, true), opening: 'answer' };
  }
  const template = engine.llama.modelChatTemplate(model, null);
  if (template === null) {
    // A base model knows no roles: it continues what was said.
    const text = request.input.messages.map((message) => message.content).join('\n\n');
    return { tokens: tokenize(engine, vocab, text, true, true), opening: 'answer' };
  }
  const bos = tokenText(engine, vocab, engine.llama.vocabBos(vocab));
  const text = render(template, request.input.messages, {
    bos_token: bos,
    eos_token: tokenText(engine, vocab, engine.llama.vocabEos(vocab)),
    ...(request.think === null ? {} : { enable_thinking: request.think }),
  });
  // Most templates write the first token themselves; twice would confuse the model.
  return {
    tokens: tokenize(engine, vocab, text, bos === '' || !text.startsWith(bos), true),
    opening: opening(template, text),
  };
}

/** Models whose template knows the mark think before they answer; some templates write it for them. */
function opening(template: string, prompt: string): Opening {
  if (!template.includes('<think>')) return 'answer';
  return prompt.trimEnd().endsWith('<think>') ? 'thought' : 'perhaps';
}

function tokenText({ llama }: Engine, vocab: Session['vocab'], token: number): string {
  return token < 0 ? '' : llama.vocabText(vocab, token);
}

function render(source: string, messages: Messages, values: Readonly<Record<string, unknown>>): string {
  const attempt = (list: Messages): string =>
    new Template(source).render({ ...values, messages: list, add_generation_prompt: true });
  try {
    return attempt(messages);
  } catch (cause) {
    const [first, second, ...rest] = messages;
    // Some models know no system role and their templates refuse it: the user then says it.
    if (first?.role === 'system' && second !== undefined) {
      try {
        return attempt([{ ...second, content: `${first.content}\n\n${second.content}` }, ...rest]);
      } catch {
        // The first failure is the one to tell.
      }
    }
    throw new UnsupportedModelError(
      `The model's chat template failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: 'Send a raw prompt instead.', cause },
    );
  }
}
