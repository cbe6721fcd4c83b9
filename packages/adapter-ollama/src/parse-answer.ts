import { BackendFailedError } from '@plimsoll/domain';
import type { z } from 'zod';

/**
 * An answer as the type it should have.
 *
 * @throws BackendFailedError naming the place that is wrong.
 */
export function parseAnswer<T>(schema: z.ZodType<T>, value: unknown, task: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the answer' : issue.path.map(String).join('.');
  throw new BackendFailedError(`Ollama's answer is not understood (${task}): ${place}: ${issue?.message ?? ''}`, {
    cause: result.error,
    hint: 'Check that the address is that of an Ollama server, and update it when it is old.',
  });
}
