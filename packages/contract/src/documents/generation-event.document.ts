import type { GenerateTextEvent } from '@plimsoll/application';
import type { GenerationEventDocument } from '../schemas/generation-event.schema.js';

/** An event of an answer, as the REST API sends it. */
export function generationEvent(event: GenerateTextEvent): GenerationEventDocument {
  switch (event.type) {
    case 'variant': {
      const { variant, level, digest, reason, made, load, wanted } = event.chosen;
      return {
        name: 'variant',
        data: {
          variant,
          level,
          digest,
          reason,
          made,
          load: { ...load },
          wanted: wanted === undefined ? null : missed(wanted),
        },
      };
    }
    case 'text': {
      const { text, thinking = false, logprob = null, topLogprobs = null } = event;
      return { name: 'text', data: { text, thinking, logprob, topLogprobs } };
    }
    case 'tool-call': {
      const { id, name, arguments: given } = event.call;
      return { name: 'tool-call', data: { call: { id, name, arguments: given } } };
    }
    case 'done': {
      const { stopReason, timings } = event;
      return { name: 'done', data: { stopReason, timings } };
    }
  }
}

type Wanted = NonNullable<Extract<GenerateTextEvent, { type: 'variant' }>['chosen']['wanted']>;

function missed({ level, error, isBeingMade = false }: Wanted): {
  readonly level: Wanted['level'];
  readonly code: string;
  readonly message: string;
  readonly isBeingMade: boolean;
} {
  return { level, code: error.code, message: error.message, isBeingMade };
}
