import { InvalidInputError } from '@plimsoll/domain';
import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { Answer } from './answer.js';
import type { Job } from './job.js';
import { preparePrompt } from './prompt.js';
import { withSession } from './session.js';

/** Continues a prompt. Events are text pieces, then one `done` with the timings that this process knows. */
export async function generate(engine: Engine, request: SessionRequest, job: Job): Promise<null> {
  engine.log.clear();
  const startedMs = performance.now();
  return withSession(async (state) => {
    const prompt = await preparePrompt(engine, state, request, job);
    const { length } = prompt.tokens;
    if (length === 0) throw new InvalidInputError('The prompt is empty.');
    if (length >= state.contextTokens) {
      throw new InvalidInputError(
        `The prompt has ${length} tokens; the context holds ${state.contextTokens}, the answer included.`,
        { hint: 'Shorten the prompt or ask for a longer context.' },
      );
    }
    await state.batcher.answer(new Answer(engine, state, request, prompt, job, startedMs));
    return null;
  });
}
