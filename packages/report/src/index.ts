export { comparisonReport } from './comparison-report.js';
export { contactSheet } from './contact-sheet.js';
export { levelSheet } from './level-sheet.js';
export { recipeReport } from './recipe-report.js';
export type { RecipeReportInput } from './recipe-report.js';
export { sizeChartSvg } from './size-chart.js';
export type { SizePoint, SizeSeries } from './size-chart.js';
export { planPage } from './plan-page.js';
export type { PlanPageInput } from './plan/plan-data.js';
