export { comparisonReport } from './comparison-report.js';
