import type { z } from 'zod';

const WORDS: Readonly<Record<string, boolean | null>> = {
  yes: true,
  on: true,
  '1': true,
  true: true,
  no: false,
  off: false,
  '0': false,
  false: false,
  none: null,
};

/** The value that a text from a command line or the environment means to a schema, or undefined if it means none. */
export function parseText(schema: z.ZodType, text: string): unknown {
  const readings = [readJson(text), WORDS[text.trim().toLowerCase()], text.trim(), text.trim().toLowerCase()];
  return readings.find((reading) => reading !== undefined && schema.safeParse(reading).success);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
