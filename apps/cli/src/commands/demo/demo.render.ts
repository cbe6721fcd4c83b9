import type { DemoDocument, GpuDocument, PlanDocument } from '@plimsoll/contract';
import { formatCount, formatDuration } from '../../output/format.js';
import type { Style } from '../../output/style.js';
import { renderLevels } from '../compare/compare.render.js';
import { renderMachine } from '../gpu/gpu.render.js';
import { renderCandidates } from '../plan/plan.render.js';

/** What the demo is about. */
export function renderDemoIntroduction(style: Style): string {
  return `${style.bold('Plimsoll picks, makes and measures the quantization that your machine can carry.')}
Here is the whole of it on Fable 5M, a small real model, with the engine inside this program.\n`;
}

/** Step one: the machine. */
export function renderDemoMachine(machine: GpuDocument, style: Style, width: number | null): string {
  return `${heading(1, 'Your machine', style)}\n${renderMachine(machine, style, width)}\n`;
}

/** Step two: what fits. */
export function renderDemoPlan(plan: PlanDocument, model: string, style: Style, width: number | null): string {
  return `${heading(2, `What fits (plimsoll plan ${model})`, style)}\n${renderCandidates(plan, style, width)}\n`;
}

/** Steps three and four: what was measured, and what follows. */
export function renderDemoResult(document: DemoDocument, style: Style, width: number | null): string {
  const { comparison, plan, durationMs } = document;
  const text = comparison.text === null ? '' : ` over ${formatCount(comparison.text.tokens)} tokens of its own text`;
  return [
    heading(3, `Made and measured: speed, and how far each strays from F16${text}`, style),
    renderLevels(comparison.levels, comparison.verdict.recommended, style, width),
    '',
    heading(4, 'What to take', style),
    ...comparison.verdict.sentences,
    '',
    `That took ${formatDuration(durationMs)}. ${style.bold('Now with a model of your own:')}`,
    nextSteps(plan, style),
  ].join('\n');
}

function nextCommands({ model }: PlanDocument): readonly (readonly [string, string])[] {
  return [
    ['plimsoll plan ollama:llama3.1:8b', 'what fits here, before you download it'],
    ['plimsoll plan path/to/model.gguf --vram 8GB', 'or on a card with 8 GB'],
    ['plimsoll compare path/to/model-f16.gguf --make', 'this table for your model'],
    [`plimsoll run ${model.source} "Once"`, 'and let the small one speak'],
  ];
}

function nextSteps(plan: PlanDocument, style: Style): string {
  const commands = nextCommands(plan);
  const widest = Math.max(...commands.map(([command]) => command.length));
  return commands
    .map(([command, effect]) => `  ${style.cyan(command.padEnd(widest))}  ${style.dim(effect)}`)
    .join('\n');
}

const heading = (step: number, text: string, style: Style): string => style.bold(`${step}. ${text}`);
