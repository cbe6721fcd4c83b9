import { InvalidInputError } from '@plimsoll/domain';
import type { z } from 'zod';

/** A request's body by its schema. @throws InvalidInputError naming the field. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (body === undefined || body === null) throw new InvalidInputError('missing request body');
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? 'body' : issue.path.join('.');
  if (issue !== undefined && isAbsent(body, issue.path)) throw new InvalidInputError(`${field} is required`);
  throw new InvalidInputError(`${field}: ${issue?.message ?? 'is not allowed'}`);
}

/** Whether there is nothing at a place of the body. */
const isAbsent = (body: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  ) === undefined;
