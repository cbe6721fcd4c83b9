import { z } from 'zod';
import { contentBlock } from './messages-request.js';

/** Why a message ended. */
export const stopReason = z.enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal']);

const usage = z.object({
  input_tokens: z.number().int().nonnegative().nullish(),
  output_tokens: z.number().int().nonnegative(),
  cache_read_input_tokens: z.number().int().nonnegative().nullish(),
});

/** The answer of `POST /v1/messages`. */
export const message = z.object({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: z.array(contentBlock),
  stop_reason: stopReason.nullable(),
  stop_sequence: z.string().nullish(),
  usage,
});
export type Message = z.infer<typeof message>;

const index = z.number().int().nonnegative();
const error = z.object({ type: z.string(), message: z.string() });

/**
 * One event of a streamed message. On the wire each carries its `type` as the event's name as well:
 * `encodeEvent(event, event.type)`. They come in this order, the blocks one after the other.
 */
export const streamEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message }),
  z.object({ type: z.literal('content_block_start'), index, content_block: contentBlock }),
  z.object({
    type: z.literal('content_block_delta'),
    index,
    delta: z.discriminatedUnion('type', [
      z.object({ type: z.literal('text_delta'), text: z.string() }),
      z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
      z.object({ type: z.literal('signature_delta'), signature: z.string() }),
      z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
    ]),
  }),
  z.object({ type: z.literal('content_block_stop'), index }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: stopReason.nullish(), stop_sequence: z.string().nullish() }),
    usage,
  }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('error'), error }),
]);
export type StreamEvent = z.infer<typeof streamEvent>;
