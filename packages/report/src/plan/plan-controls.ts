import { KV_CACHE_TYPES } from '@plimsoll/domain';
import { escapeHtml } from '../html.js';
import { contextSteps } from './context-steps.js';
import { choicesByVendor } from './device-choices.js';
import type { PlanPageData } from './plan-data.js';
import { FLASH_ATTENTION_MODES, GOALS } from './plan-state.js';

/** Positions of the memory slider; the middle is what the device has. */
export const MEMORY_STEPS = 128;

/** Memory in the middle of the slider of a machine without a device: that of a large card. */
const UNKNOWN_DEVICE_BYTES = 16 * 1024 ** 3;

/** Bytes in the middle of the memory slider. */
export const middleBytes = (deviceBytes: number): number => (deviceBytes === 0 ? UNKNOWN_DEVICE_BYTES : deviceBytes);

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
  const vendors = choicesByVendor().map(
    ([vendor, choices]) =>
      `<optgroup label="${vendor}">${choices.map(({ id, label }) => option(id, label)).join('')}</optgroup>`,
  );
  const devices = option('', `as planned: ${own === '' ? 'the processor alone' : own}`) + vendors.join('');
  return (
    `<form id="controls" class="controls" aria-label="What if">` +
    slider('memory', 'Device memory', MEMORY_STEPS) +
    slider('context', 'Context', contextChoices(data).length - 1) +
    select('device', 'Device', devices, 'wide') +
    select('goal', 'Prefer', options(GOALS)) +
    select('keys', 'KV cache, keys', options(KV_CACHE_TYPES)) +
    select('values', 'KV cache, values', options(KV_CACHE_TYPES)) +
    select('parallel', 'Sequences at once', options(sequences.map(String))) +
    select('flash', 'Flash attention', options(FLASH_ATTENTION_MODES)) +
    `<button type="reset">Start again</button></form>`
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
