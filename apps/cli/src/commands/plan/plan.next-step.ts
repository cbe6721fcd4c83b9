import type { CandidateDocument } from '@plimsoll/contract';
import { shellWord } from '../../output/shell-word.js';
import type { Style } from '../../output/style.js';

/** What was planned. */
export interface PlanSubject {
  /** The model as the user names it. */
  readonly model: string;
  /** Whether the backend fetches what is elsewhere. */
  readonly downloads: boolean;
  /** Whether the plan is for another machine than this one. */
  readonly elsewhere: boolean;
  /** Options that choose backend and configuration, to be given again. */
  readonly options: readonly string[];
}

/** Whether anything is loaded beside the model. */
export const hasCompanions = ({ footprint: { device, host } }: CandidateDocument): boolean =>
  device.companions !== undefined || host.companions !== undefined;

/** What to type next: with every choice, so that what runs is what was planned. */
export function nextStep(
  point: CandidateDocument | undefined,
  subject: PlanSubject,
  style: Style,
  width: number | null,
): string {
  if (point === undefined) return '';
  const { model, downloads, elsewhere } = subject;
  const { level } = point;
  const name = shellWord(model);
  const { status } = point.variant;
  if (status === 'missing') {
    return `Next: get this model at ${level} from its publisher; from what is here it cannot be made.`;
  }
  if (status === 'remote' && !downloads) {
    const run = runCommand('path/to/model.gguf', point, subject);
    return steps('Next: download the file of that level, then', [run], '', style, width);
  }
  if (hasCompanions(point)) {
    return `Next: the same command with ${style.cyan('--as llama-server')} prints what runs it with all that is beside it.`;
  }
  const run = runCommand(name, point, subject);
  if (elsewhere) {
    const make = status === 'buildable' ? [`plimsoll quantize ${name} --to ${level}`] : [];
    return steps('Next, on that machine', [...make, run], '', style, width);
  }
  const first =
    status === 'buildable' ? ' (makes that file first)' : status === 'remote' ? ' (downloads it first)' : '';
  return steps('Next', [run], first, style, width);
}

function runCommand(name: string, point: CandidateDocument, { options }: PlanSubject): string {
  const { level, context, kvCache, gpuLayers, fit, expertLayersOnHost } = point;
  return [
    `plimsoll run ${name} --level ${level} --context ${context} --kv ${kvCache}`,
    ...(fit === 'partial' ? [`--gpu-layers ${gpuLayers}`] : []),
    ...(expertLayersOnHost > 0 ? [`--n-cpu-moe ${expertLayersOnHost}`] : []),
    ...options.map(shellWord),
  ].join(' ');
}

const INDENT = '  ';

/** Commands in one line with what leads to them; where that is wider than the terminal each begins a line of its own. */
function steps(lead: string, commands: readonly string[], note: string, style: Style, width: number | null): string {
  const line = `${lead}: ${commands.join(', then ')}${note}`;
  if (width === null || line.length <= width) {
    return `${lead}: ${commands.map((command) => style.cyan(command)).join(', then ')}${note}`;
  }
  const lines = commands.flatMap((command) => brokenCommand(command, width - INDENT.length));
  return [`${lead}${note}:`, ...lines.map((part) => `${INDENT}${style.cyan(part)}`)].join('\n');
}

/** Breaks a command before its options in a way that shells put together again. Windows has no sign that all of its do. */
function brokenCommand(command: string, width: number): readonly string[] {
  if (process.platform === 'win32') return [command];
  const lines: string[] = [];
  for (const part of command.split(/ (?=--)/)) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${part}`.length + CONTINUED.length <= width)
      lines.splice(-1, 1, `${last} ${part}`);
    else lines.push(last === undefined ? part : `${INDENT}${part}`);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? line + CONTINUED : line));
}

const CONTINUED = ' \\';
