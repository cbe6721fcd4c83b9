export { comparisonReport } from './comparison-report.js';
export { contactSheet } from './contact-sheet.js';
export { levelSheet } from './level-sheet.js';
export { planPage } from './plan-page.js';
export type { PlanPageInput } from './plan/plan-data.js';
