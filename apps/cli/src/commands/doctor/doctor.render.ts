import type { DoctorDocument } from '@plimsoll/contract';
import type { Style } from '../../output/style.js';

/** Findings one below the other, what to do indented below each. */
export function renderFindings({ findings, healthy }: DoctorDocument, style: Style): string {
  const widest = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, message, hint }) => {
    const line = `${mark(status, style)} ${check.padEnd(widest)}  ${message}`;
    const indent = ' '.repeat(widest + 4);
    return hint === null ? [line] : [line, ...hint.split('\n').map((part) => `${indent}${style.dim(part)}`)];
  });
  const problems = findings.filter(({ status }) => status === 'problem').length;
  const warnings = findings.filter(({ status }) => status === 'warning').length;
  const verdict = healthy
    ? warnings === 0
      ? style.green('Nothing is wrong.')
      : style.yellow(`Nothing is broken; ${count(warnings, 'warning')}.`)
    : style.red(`${count(problems, 'problem')}${warnings === 0 ? '' : `, ${count(warnings, 'warning')}`}.`);
  return [...lines, '', verdict].join('\n');
}

function mark(status: DoctorDocument['findings'][number]['status'], style: Style): string {
  switch (status) {
    case 'ok':
      return style.green('✓');
    case 'warning':
      return style.yellow('!');
    case 'problem':
      return style.red('✗');
    case 'unknown':
      return style.dim('?');
  }
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
