/** Where a question would be, by route. */
const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  '/api/chat': ['messages'],
  '/api/generate': ['prompt', 'images'],
};

/** Whether a request is about the model and asks it nothing: it has it loaded, or let go. */
export function asksNothing(path: string, body: unknown): boolean {
  const fields = QUESTIONS[path];
  if (fields === undefined) return false;
  const values = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  return fields.every((field) => {
    const value = values[field] ?? '';
    return value === '' || (Array.isArray(value) && value.length === 0);
  });
}
