import { BASE_STYLE, escapeHtml, page, scriptJson, scriptText } from './html.js';
import { planAppScript } from './plan-app-script.js';
import { planControls } from './plan/plan-controls.js';
import type { PlanPageInput } from './plan/plan-data.js';
import { planPageData } from './plan/plan-data.js';
import { planFacts } from './plan/plan-facts.js';
import { PLAN_STYLE } from './plan/plan-style.js';
import { planView } from './plan/plan-view.js';
import { PLIMSOLL_LOGO } from './plan/plimsoll-mark.js';
import { whatIf } from './plan/what-if.js';

/** Where the page keeps its numbers. */
const DATA_ID = 'plan-data';

/**
 * A plan as one self-contained, interactive HTML page: the domain's own code runs in it, so that memory, context and
 * cache can be changed without a server. It loads nothing; what is set is kept in the address, and can be sent along.
 * @throws InvalidInputError and InvalidModelFileError as `createPlan` and `architectureOf`
 */
export function planPage(input: PlanPageInput): string {
  const data = planPageData(input);
  const questions = whatIf(data);
  const view = planView(questions.request(data.start));
  const { model } = data;
  const body = [
    `<header>${PLIMSOLL_LOGO}<div><h1>${escapeHtml(model.name)}</h1>${planFacts(model, questions.footprints.architecture)}</div></header>`,
    planControls(data),
    `<p id="problem" class="problem" role="alert" hidden></p>`,
    `<main id="plan">`,
    `<section class="verdict"><h2 id="headline" role="status">${escapeHtml(view.headline)}</h2><div id="reasons">${view.reasons}</div></section>`,
    `<section aria-labelledby="load-title"><h2 id="load-title">What it takes, level by level</h2>`,
    `<div id="chart">${view.chart}</div></section>`,
    `<section class="numbers"><h2 id="table-title">All numbers</h2><div id="table" class="scroll" role="region" aria-labelledby="table-title" tabindex="0">${view.table}</div></section>`,
    `</main>`,
    `<p class="quiet small">Bytes are computed from the model's header. Speeds marked <b>prior</b> come from data sheets, <b>calibrated</b> ones are corrected by measurements of this machine, <b>measured</b> ones were seen here. Quality marked <b>prior</b> was published for another model of the same kind.</p>`,
    `<noscript><p class="problem">Scripts are off: the plan stands as it was made, and the controls do nothing.</p></noscript>`,
    `<script type="application/json" id="${DATA_ID}">${scriptJson(data)}</script>`,
    `<script>${scriptText(planAppScript())}</script>`,
  ];
  return page(`Plimsoll: ${model.name}`, BASE_STYLE + PLAN_STYLE, body.join('\n'));
}
