import { formatBytes, grouped, isPlimsollError } from '@plimsoll/domain';
import { BANDWIDTH_STEPS, MEMORY_STEPS, RAM_STEPS, contextChoices, middleBytes } from '../plan/plan-controls.js';
import { DEVICE_CHOICES } from '../plan/device-choices.js';
import { nearestStep } from '../plan/context-steps.js';
import type { PlanPageData } from '../plan/plan-data.js';
import { stateFromHash, stateToHash } from '../plan/plan-state.js';
import type { PlanState } from '../plan/plan-state.js';
import { planView } from '../plan/plan-view.js';
import { whatIf } from '../plan/what-if.js';
import { showHtml } from './show-html.js';

/** Browsers refuse to have the address changed on every move of a slider. */
const ADDRESS_DELAY_MS = 200;

const data = JSON.parse(element('plan-data', HTMLScriptElement).text) as PlanPageData;
const contexts = contextChoices(data);
const questions = whatIf(data);
const ids = DEVICE_CHOICES.map(({ id }) => id);
const controls = {
  form: element('controls', HTMLFormElement),
  memory: element('memory', HTMLInputElement),
  context: element('context', HTMLInputElement),
  ram: element('ram', HTMLInputElement),
  bandwidth: element('bandwidth', HTMLInputElement),
  device: element('device', HTMLInputElement),
  cards: element('cards', HTMLSelectElement),
  prefer: element('prefer', HTMLSelectElement),
  keys: element('keys', HTMLSelectElement),
  values: element('values', HTMLSelectElement),
  parallel: element('parallel', HTMLSelectElement),
  flash: element('flash', HTMLSelectElement),
  /** Of mixtures of experts only. */
  experts: document.querySelector<HTMLSelectElement>('#experts'),
};
let state = stateFromHash(location.hash, data.start, ids);
let addressTimer: ReturnType<typeof setTimeout> | undefined;

controls.form.addEventListener('input', ({ target }) => {
  change(changed(target));
});
// What was half typed and left gives way to what holds.
controls.device.addEventListener('blur', show);
controls.form.addEventListener('reset', (event) => {
  event.preventDefault();
  change(data.start);
});
controls.form.addEventListener('submit', (event) => {
  event.preventDefault();
});
addEventListener('hashchange', () => {
  state = stateFromHash(location.hash, data.start, ids);
  show();
});
show();

function change(next: PlanState): void {
  state = next;
  show();
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => {
    const hash = stateToHash(state, data.start);
    history.replaceState(null, '', hash === '' ? (location.href.split('#')[0] ?? '') : `#${hash}`);
  }, ADDRESS_DELAY_MS);
}

/** The state after a control was moved. A device comes with its own memory. */
function changed(target: EventTarget | null): PlanState {
  const { memory, context, ram, bandwidth, device } = controls;
  if (target === memory) {
    const { deviceBytes } = questions.machine({ ...state, memoryBytes: null });
    const bytes = Math.round((middleBytes(deviceBytes) * memory.valueAsNumber * 2) / MEMORY_STEPS);
    return { ...state, memoryBytes: bytes === deviceBytes ? null : bytes };
  }
  if (target === context) return { ...state, contextTokens: contexts[context.valueAsNumber] ?? state.contextTokens };
  if (target === ram) return { ...state, ramBytes: RAM_STEPS[ram.valueAsNumber] ?? null };
  if (target === bandwidth) return { ...state, ramBandwidth: BANDWIDTH_STEPS[bandwidth.valueAsNumber] ?? null };
  if (target === device) {
    const found = DEVICE_CHOICES.find(({ label }) => label.toLowerCase() === device.value.trim().toLowerCase());
    // What is half typed changes nothing yet.
    if (found === undefined && device.value !== '') return state;
    return { ...state, device: found?.id ?? null, memoryBytes: null, ...(found === undefined ? { cards: 1 } : {}) };
  }
  if (!(target instanceof HTMLSelectElement)) return state;
  if (target === controls.cards) return { ...state, cards: Number(target.value), memoryBytes: null };
  if (target === controls.experts) {
    return { ...state, expertLayersOnHost: target.value === '' ? null : Number(target.value) };
  }
  // The other lists are named as in the address.
  const hash = new URLSearchParams(stateToHash(state, data.start));
  hash.set(target.id, target.value);
  return stateFromHash(hash.toString(), data.start, ids);
}

function show(): void {
  const { deviceBytes } = questions.machine({ ...state, memoryBytes: null });
  const bytes = state.memoryBytes ?? deviceBytes;
  const { memory, context, ram, bandwidth, device, cards, keys, values, parallel, flash, prefer } = controls;
  const choice = DEVICE_CHOICES.find(({ id }) => id === state.device);
  // Whoever types is not interrupted.
  if (document.activeElement !== device) device.value = choice?.label ?? '';
  cards.value = String(state.cards);
  cards.disabled = choice === undefined || choice.profile.memory === 'unified';
  values.disabled = state.keyCacheType === 'best';
  keys.value = state.keyCacheType;
  values.value = state.valueCacheType;
  const sequences = String(state.parallel);
  // A link may ask for a number that is not in the list.
  if (![...parallel.options].some(({ value }) => value === sequences)) parallel.add(new Option(sequences, sequences));
  parallel.value = sequences;
  flash.value = state.flashAttention;
  if (controls.experts !== null) controls.experts.value = String(state.expertLayersOnHost ?? '');
  prefer.value = state.prefer;
  place(memory, Math.round(((bytes / middleBytes(deviceBytes)) * MEMORY_STEPS) / 2), formatBytes(bytes));
  place(context, nearestStep(contexts, state.contextTokens), `${grouped(state.contextTokens)} tokens`);
  const { budget, speed } = questions.machine(state);
  const hostBytes = budget.host.totalBytes;
  const rate = speed.host.bandwidthBytesPerSecond;
  ram.disabled = bandwidth.disabled = budget.unified;
  place(ram, nearestStep(RAM_STEPS, hostBytes ?? 1), hostBytes === null ? 'not known' : formatBytes(hostBytes));
  place(
    bandwidth,
    nearestStep(BANDWIDTH_STEPS, rate ?? 1),
    rate === null ? 'not known' : `${Math.round(rate / 1e9)} GB/s`,
  );
  const problem = element('problem', HTMLParagraphElement);
  const plan = element('plan', HTMLElement);
  try {
    const view = planView(questions.request(state));
    const title = element('headline', HTMLHeadingElement);
    // Screen readers speak it when it is set.
    if (title.textContent !== view.headline) title.textContent = view.headline;
    showHtml(element('reasons', HTMLElement), view.reasons);
    showHtml(element('chart', HTMLElement), view.chart);
    showHtml(element('table', HTMLElement), view.table);
    problem.hidden = true;
    plan.classList.remove('stale');
  } catch (error) {
    // What no engine would run; the last plan stays, greyed, until the controls make sense again.
    if (!isPlimsollError(error)) throw error;
    problem.textContent = [error.message, error.hint ?? ''].join(' ').trim();
    problem.hidden = false;
    plan.classList.add('stale');
  }
}

function place(slider: HTMLInputElement, position: number, words: string): void {
  slider.valueAsNumber = position;
  slider.setAttribute('aria-valuetext', words);
  element(`${slider.id}-text`, HTMLOutputElement).textContent = words;
}

function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no ${id}.`);
}
