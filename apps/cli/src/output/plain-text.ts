/** ASCII, Latin letters, dashes and marks that are printable and take one column each. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2192]*$/;
const PLAIN_LINES = /^[\n -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2192]*$/;

/**
 * Whether every character of a line is seen as it is, in one column. True of nearly all text; it spares the classes of
 * Unicode, whose tables take longer to build than a plan takes to render.
 */
export const isPlain = (line: string): boolean => PLAIN.test(line);

/** The same of text of several lines. */
export const arePlainLines = (text: string): boolean => PLAIN_LINES.test(text);
