import { InvalidInputError } from '@plimsoll/domain';
import type { RerankResult } from '@plimsoll/domain';
import type { RerankJob } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import type { Job } from './job.js';
import type { Session } from './hosted-model.js';
import { POOLING_RANK, pooledOutput } from './pooled-output.js';
import { withSession } from './session.js';
import { tokenize } from './vocabulary.js';

/** How well each document fits the query, by the model's classification head. */
export async function rerank(engine: Engine, { query, documents }: RerankJob, job: Job): Promise<RerankResult> {
  return withSession(async (state) => {
    const scores: number[] = [];
    let promptTokens = 0;
    for (const [index, document] of documents.entries()) {
      await job.breathe(true);
      const tokens = pairTokens(engine, state, query, document);
      if (tokens.length === 0 || tokens.length > state.contextTokens) {
        const message = `The query and document ${index} have ${tokens.length} tokens together; 1 to ${state.contextTokens} are possible.`;
        throw new InvalidInputError(message, { hint: 'Split the document.' });
      }
      promptTokens += tokens.length;
      const [score = 0] = await pooledOutput(engine, state, POOLING_RANK, tokens, job);
      scores.push(score);
    }
    return { scores, promptTokens };
  });
}

/**
 * Query and document as the model was trained on them: in the template that its file has for it, else with the marks
 * that its vocabulary puts around and between texts. llama-server's rule (`format_prompt_rerank`).
 */
function pairTokens(engine: Engine, { model, vocab }: Session, query: string, document: string): Int32Array {
  const { llama } = engine;
  const template = llama.modelChatTemplate(model, 'rerank');
  if (template !== null) {
    const text = template.replaceAll('{query}', () => query).replaceAll('{document}', () => document);
    return tokenize(engine, vocab, text, false, true);
  }
  const eos = llama.vocabEos(vocab);
  const end = llama.vocabAddsEos(vocab) ? [eos < 0 ? llama.vocabSeparator(vocab) : eos] : [];
  const begin = llama.vocabAddsBos(vocab) ? [llama.vocabBos(vocab)] : [];
  const between = llama.vocabAddsSeparator(vocab) ? [llama.vocabSeparator(vocab)] : [];
  const [first, second] = [query, document].map((text) => tokenize(engine, vocab, text, false, false));
  return Int32Array.from([...begin, ...(first ?? []), ...end, ...between, ...(second ?? []), ...end]);
}
