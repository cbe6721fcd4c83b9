import type { GenerateEvent, ToolCall } from '@plimsoll/domain';
import type { AnswerFacts, Asked, StreamFailure, StreamWriter } from '../codec.js';
import { encodeEvent } from '../server-sent-events.js';
import { callItem, messageItem, reasoningItem, statusOf, textPart, writeResponse } from './write-response.js';

/** A response as events. Its items follow each other: one is closed before the next is opened. */
export class ResponsesStream implements StreamWriter {
  readonly #asked: Asked;
  readonly #facts: AnswerFacts;
  readonly #output: object[] = [];
  #open: { readonly kind: 'thinking' | 'text'; text: string } | null = null;
  #sequence = 0;

  constructor(asked: Asked, facts: AnswerFacts) {
    this.#asked = asked;
    this.#facts = facts;
  }

  begin(): string {
    const response = writeResponse(this.#asked, this.#facts, 'in_progress', [], null);
    return this.#write('response.created', { response }) + this.#write('response.in_progress', { response });
  }

  event(event: GenerateEvent): string {
    if (event.type === 'text') return this.#text(event.thinking === true ? 'thinking' : 'text', event.text);
    if (event.type === 'tool-call') return this.#close() + this.#call(event.call);
    const closed = this.#close();
    const status = statusOf(event);
    const response = writeResponse(this.#asked, this.#facts, status, this.#output, event.timings);
    return closed + this.#write(`response.${status}`, { response });
  }

  alive(): string {
    return ': waiting\n\n';
  }

  failed({ message }: StreamFailure): string {
    const error = { code: 'server_error', message };
    const response = writeResponse(this.#asked, this.#facts, 'failed', this.#output, null, error);
    return this.#write('response.failed', { response });
  }

  #text(kind: 'thinking' | 'text', text: string): string {
    if (text === '') return '';
    let opened = '';
    let open = this.#open;
    if (open?.kind !== kind) {
      opened = this.#close() + this.#begin(kind);
      open = this.#open = { kind, text: '' };
    }
    open.text += text;
    const [type, place] =
      kind === 'text'
        ? ['response.output_text.delta', { ...this.#place(), logprobs: [] }]
        : ['response.reasoning_summary_text.delta', this.#summary()];
    return opened + this.#write(type, { ...place, delta: text });
  }

  #begin(kind: 'thinking' | 'text'): string {
    if (kind === 'text') {
      const added = this.#added(messageItem(this.#facts.id, '', 'in_progress'));
      return added + this.#write('response.content_part.added', { ...this.#place(), part: textPart('') });
    }
    const part = { type: 'summary_text', text: '' };
    const added = this.#added(this.#reasoning(''));
    return added + this.#write('response.reasoning_summary_part.added', { ...this.#summary(), part });
  }

  #close(): string {
    if (this.#open === null) return '';
    const { kind, text } = this.#open;
    const item = kind === 'text' ? messageItem(this.#facts.id, text, 'completed') : this.#reasoning(text);
    const parts =
      kind === 'text'
        ? this.#write('response.output_text.done', { ...this.#place(), text, logprobs: [] }) +
          this.#write('response.content_part.done', { ...this.#place(), part: textPart(text) })
        : this.#write('response.reasoning_summary_text.done', { ...this.#summary(), text }) +
          this.#write('response.reasoning_summary_part.done', {
            ...this.#summary(),
            part: { type: 'summary_text', text },
          });
    this.#open = null;
    return parts + this.#done(item);
  }

  #call(call: ToolCall): string {
    const place = { item_id: `fc_${call.id}`, output_index: this.#output.length };
    const text = JSON.stringify(call.arguments);
    return (
      this.#added(callItem(call, 'in_progress')) +
      this.#write('response.function_call_arguments.delta', { ...place, delta: text }) +
      this.#write('response.function_call_arguments.done', { ...place, name: call.name, arguments: text }) +
      this.#done(callItem(call, 'completed'))
    );
  }

  #added(item: object): string {
    return this.#write('response.output_item.added', { output_index: this.#output.length, item });
  }

  #done(item: object): string {
    const text = this.#write('response.output_item.done', { output_index: this.#output.length, item });
    this.#output.push(item);
    return text;
  }

  #reasoning(text: string): object {
    return reasoningItem(this.#facts.id, text);
  }

  #place(): object {
    return { item_id: `msg_${this.#facts.id}`, output_index: this.#output.length, content_index: 0 };
  }

  #summary(): object {
    return { item_id: `rs_${this.#facts.id}`, output_index: this.#output.length, summary_index: 0 };
  }

  #write(type: string, fields: object): string {
    return encodeEvent({ type, sequence_number: this.#sequence++, ...fields }, type);
  }
}
