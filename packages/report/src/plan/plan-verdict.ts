import { alternativeWords, planObstacleWords, planReasonWords } from '@plimsoll/contract';
import { cacheName, grouped } from '@plimsoll/domain';
import type { Alternative, Plan } from '@plimsoll/domain';
import { escapeHtml } from '../html.js';
import { speedWords } from './words.js';

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
  const others = recommended === null ? [] : recommended.alternatives.map(alternativeText);
  const list = (items: readonly string[]): string =>
    `<ul class="reasons">${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
  return others.length === 0 ? list(sentences) : `${list(sentences)}<p class="or">Or:</p>${list(others)}`;
}

function alternativeText(alternative: Alternative): string {
  const { kind, level, contextTokens, fit, decodeTokensPerSecond } = alternative;
  const speed = decodeTokensPerSecond.value === null ? '' : `, ${speedWords(decodeTokensPerSecond)} tokens/s`;
  const where = fit === 'partial' ? ', partly offloaded' : '';
  const what = `${level} with ${grouped(contextTokens)} tokens of ${cacheName(alternative)} cache`;
  return `${alternativeWords[kind]}: ${what}${speed}${where}`;
}
