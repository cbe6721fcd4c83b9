import { KV_CACHE_TYPES } from '@plimsoll/domain';
import { escapeHtml } from '../html.js';
import { contextSteps } from './context-steps.js';
import { DEVICE_CHOICES } from './device-choices.js';
import type { PlanPageData } from './plan-data.js';
import { FLASH_ATTENTION_MODES, GOALS, KEY_CACHE_CHOICES, MOST_CARDS } from './plan-state.js';

/** Positions of the memory slider; the middle is what the device has. */
export const MEMORY_STEPS = 128;

/** Memory in the middle of the slider of a machine without a device: that of a large card. */
const UNKNOWN_DEVICE_BYTES = 16 * 1024 ** 3;

/** Bytes in the middle of the memory slider. */
export const middleBytes = (deviceBytes: number): number => (deviceBytes === 0 ? UNKNOWN_DEVICE_BYTES : deviceBytes);

const GIBIBYTE = 1024 ** 3;

/** RAM that can be chosen, bytes. */
export const RAM_STEPS: readonly number[] = [
  4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024,
].map((gib) => gib * GIBIBYTE);

/** Bandwidth of RAM that can be chosen, bytes per second: from one channel of DDR3 to servers. */
export const BANDWIDTH_STEPS: readonly number[] = [
  13, 17, 21, 26, 34, 43, 51, 60, 77, 90, 102, 120, 136, 154, 205, 307, 461, 614,
].map((gb) => gb * 1e9);

/** Sequences that can be chosen. */
const SEQUENCES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** Context lengths that can be chosen on a page. */
export function contextChoices({ model, start }: PlanPageData): readonly number[] {
  return contextSteps(model.contextLength, [start.contextTokens]);
}

/** The controls of a page; what they are set to is up to the page's program. */
export function planControls(data: PlanPageData): string {
  const { budget, start } = data;
  const own = budget.devices.map(({ name }) => name).join(', ');
  const sequences = [...new Set([...SEQUENCES, start.parallel])].sort((a, b) => a - b);
  const planned = `as planned: ${own === '' ? 'the processor alone' : own}`;
  return (
    `<form id="controls" class="controls" aria-label="What if">` +
    slider('memory', 'Device memory', MEMORY_STEPS) +
    slider('context', 'Context', contextChoices(data).length - 1) +
    slider('ram', 'RAM', RAM_STEPS.length - 1) +
    slider('bandwidth', 'RAM bandwidth', BANDWIDTH_STEPS.length - 1) +
    deviceSearch(planned) +
    select('cards', 'Cards', options(Array.from({ length: MOST_CARDS }, (_, index) => String(index + 1)))) +
    select('prefer', 'Prefer', options(GOALS)) +
    select('keys', 'KV cache, keys', options(KEY_CACHE_CHOICES)) +
    select('values', 'KV cache, values', options(KV_CACHE_TYPES)) +
    select('parallel', 'Sequences at once', options(sequences.map(String))) +
    expertSelect(data) +
    select('flash', 'Flash attention', options(FLASH_ATTENTION_MODES)) +
    `<button type="reset">Start again</button></form>`
  );
}

/** Layers whose experts stay in RAM; nothing for a dense model. */
function expertSelect({ header }: PlanPageData): string {
  const layers = new Set(header.tensors.flatMap(([name]) => /^blk\.(\d+)\..*_exps\./.exec(name)?.[1] ?? [])).size;
  if (layers === 0) return '';
  const counts = Array.from({ length: layers + 1 }, (_, count) => option(String(count), String(count)));
  return select('experts', 'Layers with experts in RAM', `${option('', 'as few as needed')}${counts.join('')}`);
}

/** A text that is completed from the catalogue. */
function deviceSearch(planned: string): string {
  const choices = DEVICE_CHOICES.map(({ label }) => `<option value="${escapeHtml(label)}"></option>`).join('');
  return (
    `<div class="field wide"><label for="device">Device</label>` +
    `<input id="device" type="search" list="devices" autocomplete="off" placeholder="${escapeHtml(planned)}">` +
    `<datalist id="devices">${choices}</datalist></div>`
  );
}

function slider(id: string, label: string, most: number): string {
  return `<div class="field wide"><label for="${id}">${label}</label><output id="${id}-text" for="${id}"></output><input id="${id}" type="range" min="0" max="${most}" step="1"></div>`;
}

function select(id: string, label: string, content: string, width = ''): string {
  return `<div class="field ${width}"><label for="${id}">${label}</label><select id="${id}">${content}</select></div>`;
}

const options = (values: readonly string[]): string => values.map((value) => option(value, value)).join('');

const option = (value: string, label: string): string =>
  `<option value="${escapeHtml(value)}">${escapeHtml(label)}</option>`;
