const OPEN = '<think>';
const CLOSE = '</think>';

/** Where a text begins: with the answer, perhaps with a thought, or within one that the prompt has opened. */
export type Opening = 'answer' | 'perhaps' | 'thought';

/** A piece of a text, and whether it is thought or said. */
export interface Part {
  readonly text: string;
  readonly thinking?: true;
}

/**
 * Tells a model's thoughts, written between `<think>` and `</think>` in front of its answer, from the answer itself.
 * The marks and the white space around them belong to neither. Text that could be the beginning of a mark is held
 * back until it is known not to be one.
 */
export class ThinkingSplitter {
  #state: Opening;
  #held = '';
  /** Whether white space is dropped until something else comes: a mark has just ended. */
  #trims: boolean;

  constructor(opening: Opening) {
    this.#state = opening;
    this.#trims = opening === 'thought';
  }

  /** Takes a text; returns the parts of it that are known. */
  push(text: string): readonly Part[] {
    this.#held += text;
    const parts: Part[] = [];
    for (let state: Opening | null = null; state !== this.#state;) {
      state = this.#state;
      const part = this.#step();
      if (part.text !== '') parts.push(part);
    }
    return parts;
  }

  /** What is still held, at the end of the text. */
  rest(): readonly Part[] {
    const held = this.#state === 'answer' ? this.#held : this.#held.trimEnd();
    this.#held = '';
    if (held === '') return [];
    return [this.#state === 'thought' ? { text: held, thinking: true } : { text: held }];
  }

  #step(): Part {
    const start = this.#held.trimStart();
    if (this.#trims) {
      this.#held = start;
      this.#trims = start === '';
    }
    const held = this.#held;
    switch (this.#state) {
      case 'answer':
        this.#held = '';
        return { text: held };
      case 'perhaps':
        if (start.startsWith(OPEN)) this.#enter('thought', start.slice(OPEN.length));
        else if (!OPEN.startsWith(start)) this.#state = 'answer';
        return { text: '' };
      case 'thought': {
        const end = held.indexOf(CLOSE);
        const known = end < 0 ? held.length - undecided(held) : held.slice(0, end).trimEnd().length;
        if (end < 0) this.#held = held.slice(known);
        else this.#enter('answer', held.slice(end + CLOSE.length));
        return { text: held.slice(0, known), thinking: true };
      }
    }
  }

  #enter(state: Opening, held: string): void {
    this.#state = state;
    this.#held = held;
    this.#trims = true;
  }
}

/** Length of the end of a thought that may belong to the closing mark or to the white space before it. */
function undecided(text: string): number {
  let begun = Math.min(CLOSE.length - 1, text.length);
  while (!text.endsWith(CLOSE.slice(0, begun))) begun--;
  return text.length - text.slice(0, text.length - begun).trimEnd().length;
}
