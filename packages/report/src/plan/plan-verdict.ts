import { planObstacleWords, planReasonWords } from '@plimsoll/contract';
import { cacheName, grouped } from '@plimsoll/domain';
import type { Plan } from '@plimsoll/domain';
import { escapeHtml } from '../html.js';

/** The recommendation in one line; what a reader hears when it changes. */
export function headline({ recommended }: Plan): string {
  if (recommended === null) return 'Nothing to recommend';
  const { level, shape } = recommended.candidate;
  const sequences = shape.parallel === 1 ? '' : `, ${shape.parallel} sequences at once`;
  return `Take ${level} with ${grouped(shape.contextTokens)} tokens of ${cacheName(shape)} cache${sequences}`;
}

/** Why that level, or why none. */
export function reasonsList({ recommended, obstacles }: Plan): string {
  const sentences = recommended === null ? obstacles.map(planObstacleWords) : recommended.reasons.map(planReasonWords);
  return `<ul class="reasons">${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>`;
}
