/** Text made safe for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A number with three digits and no exponent for usual sizes; an en dash for null. */
export function readableNumber(value: number | null, digits = 3): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB');
  return Number(value.toPrecision(digits)).toString();
}

/** A value as JSON that may stand in a script element, whatever texts it holds. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}

/** A program as it may stand in a script element: nothing in its texts ends the element early. */
export function scriptText(program: string): string {
  return program.replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3c`);
}

/** The frame of a page that needs no other file. `body` is trusted HTML. */
export function page(title: string, style: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Colours and type shared by all pages; follows the reader's light or dark setting. */
export const BASE_STYLE: string = `
:root { color-scheme: light dark; --ink: #17212b; --quiet: #5b6875; --line: #d5dce3; --paper: #fbfcfd; --card: #ffffff;
  --main: #0b6e99; --good: #1a7f4b; --warn: #b45309; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9aa7b4; --line: #303b46; --paper: #10161c; --card: #171f27;
  --main: #58b4dd; --good: #57c18a; --warn: #e0a34f; --bad: #f0857d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
.quiet { color: var(--quiet); } p { max-width: 46rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
.scroll { overflow-x: auto; } th, td { padding: .4rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; } th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .quiet { fill: var(--quiet); }
svg .axis { stroke: var(--line); } svg .front { stroke: var(--main); fill: none; stroke-dasharray: 4 4; }
svg .bar, svg .dot { fill: var(--main); } svg .error { stroke: var(--ink); stroke-width: 1.5; } svg .off { opacity: .45; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
.chosen td { font-weight: 650; }
`;
