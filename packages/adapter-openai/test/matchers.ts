import { expect } from 'vitest';

/** Matches a text that contains `part`; typed, unlike vitest's own. */
export const containing = (part: string): unknown => expect.stringContaining(part);

/** Matches a text of that pattern. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Matches true and false. */
export const aBoolean: unknown = expect.any(Boolean);
