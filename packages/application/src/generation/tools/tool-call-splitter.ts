import type { GenerateEvent, ToolCall } from '@plimsoll/domain';

const OPEN = '<tool_call>';
const CLOSE = '</tool_call>';
/** A call that grows beyond this is text after all. */
const MOST_CHARACTERS = 256 * 1024;

/**
 * Takes the calls of tools out of a stream of text. Text that could be the beginning of a mark is held back until it
 * is clear; what looks like a call and is not JSON comes out as the text that it is.
 */
export class ToolCallSplitter {
  readonly #newId: () => string;
  readonly #forced: boolean;
  #held = '';
  #inside: boolean;

  /** `forced`: the whole answer is one call's JSON, without marks. */
  constructor(newId: () => string, forced = false) {
    this.#newId = newId;
    this.#forced = forced;
    this.#inside = forced;
  }

  /** The events that one event becomes. Thoughts pass. */
  push(event: GenerateEvent): readonly GenerateEvent[] {
    if (event.type === 'done') return [...this.#rest(), event];
    if (event.type !== 'text' || event.thinking === true) return [event];
    this.#held += event.text;
    return this.#take();
  }

  #take(): readonly GenerateEvent[] {
    const events: GenerateEvent[] = [];
    for (;;) {
      if (this.#inside) {
        const end = this.#forced ? -1 : this.#held.indexOf(CLOSE);
        if (end < 0) {
          if (this.#held.length > MOST_CHARACTERS) events.push(...this.#giveUp());
          return events;
        }
        const inner = this.#held.slice(0, end);
        this.#held = this.#held.slice(end + CLOSE.length);
        this.#inside = false;
        events.push(...this.#calls(inner, `${OPEN}${inner}${CLOSE}`));
        continue;
      }
      const start = this.#held.indexOf(OPEN);
      if (start >= 0) {
        const before = this.#held.slice(0, start).trimEnd();
        if (before !== '') events.push(text(before));
        this.#held = this.#held.slice(start + OPEN.length);
        this.#inside = true;
        continue;
      }
      const kept = heldBack(this.#held);
      const clear = this.#held.slice(0, this.#held.length - kept);
      if (clear !== '') events.push(text(clear));
      this.#held = this.#held.slice(this.#held.length - kept);
      return events;
    }
  }

  /** What is left when the answer ends: models often leave out the closing mark of the last call. */
  #rest(): readonly GenerateEvent[] {
    const [rest, wasInside] = [this.#held, this.#inside];
    this.#held = '';
    this.#inside = false;
    if (!wasInside) return rest === '' ? [] : [text(rest)];
    return this.#calls(rest, this.#forced ? rest : `${OPEN}${rest}`);
  }

  #giveUp(): readonly GenerateEvent[] {
    const all = this.#forced ? this.#held : `${OPEN}${this.#held}`;
    this.#held = '';
    this.#inside = false;
    return [text(all)];
  }

  #calls(inner: string, whole: string): readonly GenerateEvent[] {
    const call = readCall(inner, this.#newId);
    return call === null ? (whole === '' ? [] : [text(whole)]) : [{ type: 'tool-call', call }];
  }
}

const text = (value: string): GenerateEvent => ({ type: 'text', text: value });

/** How many characters at the end might be the beginning of a mark, or the space before one, which is dropped. */
function heldBack(value: string): number {
  let mark = Math.min(OPEN.length - 1, value.length);
  while (!OPEN.startsWith(value.slice(value.length - mark))) mark -= 1;
  const before = value.slice(0, value.length - mark);
  return value.length - before.trimEnd().length;
}

function readCall(source: string, newId: () => string): ToolCall | null {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return null;
  }
  if (!isFields(value) || typeof value['name'] !== 'string') return null;
  const given = value['arguments'] ?? value['parameters'] ?? {};
  return isFields(given) ? { id: newId(), name: value['name'], arguments: given } : null;
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
