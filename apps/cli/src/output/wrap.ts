import { visibleWidth } from './style.js';

/** A line that shows a command stays whole, so that it can be copied. */
const COMMAND = /\bplimsoll [a-z]|^\s*\$ /;

/** White space and a bullet or mark, below whose text the next line goes on. */
const LEAD = /^\s*(?:[•–!?✓✗→] +)?/u;

/** Breaks lines that are wider than the terminal at words; `width` is null where there is no terminal. */
export function wrapLines(text: string, width: number | null): string {
  if (width === null) return text;
  return text
    .split('\n')
    .map((line) => (visibleWidth(line) <= width || COMMAND.test(line) ? line : wrapLine(line, width)))
    .join('\n');
}

function wrapLine(line: string, width: number): string {
  const lead = LEAD.exec(line)?.[0] ?? '';
  const indent = ' '.repeat(lead.length);
  const lines: string[] = [];
  let current = lead;
  let isEmpty = true;
  for (const word of line.slice(lead.length).split(' ')) {
    if (!isEmpty && visibleWidth(current) + 1 + visibleWidth(word) > width) {
      lines.push(current.trimEnd());
      current = indent;
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current].join('\n');
}
