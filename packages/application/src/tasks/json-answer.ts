/** A value that was read from an answer; wrapped, because null is a value too. */
export interface JsonAnswer {
  readonly value: unknown;
}

/** An answer that is nothing but one fenced block, as chat models like to give. */
const FENCED = /^```[a-z]*\n(?<inner>[\s\S]*?)\n?```$/iu;

/** The answer as JSON, or null when it is none. One code fence around it is taken off; other words beside it are not. */
export function parseJsonAnswer(answer: string): JsonAnswer | null {
  const text = answer.trim();
  try {
    return { value: JSON.parse(FENCED.exec(text)?.groups?.['inner'] ?? text) as unknown };
  } catch {
    return null;
  }
}
