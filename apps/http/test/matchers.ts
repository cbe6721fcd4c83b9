import { expect } from 'vitest';

/** Matches a text that contains `part`; typed, unlike vitest's own. */
export const containing = (part: string): unknown => expect.stringContaining(part);
