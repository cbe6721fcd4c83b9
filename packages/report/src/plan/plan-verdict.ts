import { cacheName } from '@plimsoll/domain';
import type { Plan } from '@plimsoll/domain';
import { escapeHtml } from '../html.js';
import { grouped } from './words.js';

/** The recommendation in one line; what a reader hears when it changes. */
export function headline({ recommended }: Plan): string {
  if (recommended === null) return 'Nothing to recommend';
  const { level, shape } = recommended.candidate;
  const sequences = shape.parallel === 1 ? '' : `, ${shape.parallel} sequences at once`;
  return `Take ${level} with ${grouped(shape.contextTokens)} tokens of ${cacheName(shape)} cache${sequences}`;
}

/** Why that level, or why none. */
export function reasonsList({ recommended, obstacles }: Plan): string {
  const sentences = recommended === null ? obstacles : recommended.reasons;
  return `<ul class="reasons">${sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join('')}</ul>`;
}
