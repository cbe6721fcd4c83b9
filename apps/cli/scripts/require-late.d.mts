/** See require-late.mjs. */
export declare function requireLate(code: string): string;
