/** Colours of series, in order; used as classes `series-0` and on. Each series is named beside its line as well. */
const LIGHT: readonly string[] = '#0b6e99 #b45309 #1a7f4b #8b3fa8 #b3261e #5b6875 #0e9aa7 #be185d'.split(' ');
const DARK: readonly string[] = '#58b4dd #e0a34f #57c18a #c792ea #f0857d #9aa7b4 #5eead4 #f9a8d4'.split(' ');

const rules = (colours: readonly string[]): string =>
  colours.map((colour, index) => `.series-${index} { --series: ${colour}; }`).join(' ');

/** The class of a series by its number; colours repeat when there are more series than colours. */
export function seriesClass(index: number): string {
  return `series-${index % LIGHT.length}`;
}

/** Style of charts and of what stands around them on the page of a comparison. */
export const COMPARISON_STYLE: string = `
${rules(LIGHT)}
@media (prefers-color-scheme: dark) { ${rules(DARK)} }
figure { max-width: 46rem; margin: 1rem 0; } figcaption { font-weight: 600; font-size: .92rem; margin-bottom: .35rem; }
figure svg { display: block; } figure .line { fill: none; stroke: var(--series); stroke-width: 2; } figure .point { fill: var(--series); }
figure .error { fill: none; stroke-width: 1.5; } g[class^=series] .error { stroke: var(--series); }
figure .halo { fill: none; stroke: var(--card); stroke-width: 4; } .dot { stroke: var(--card); stroke-width: 1; }
.legend { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; margin-top: .4rem; font-size: .85rem; }
.legend span::before { content: ""; display: inline-block; width: 1.1em; height: .28em; margin-right: .4em; vertical-align: middle;
  border-radius: 2px; background: var(--series); }
.lead { font-size: 1.1rem; font-weight: 600; }
.facts { width: auto; min-width: 32rem; } .facts td { vertical-align: top; }
.facts th[scope=row] { text-align: left; font-weight: 400; white-space: normal; min-width: 7.5rem; position: sticky; left: 0; background: var(--paper); }
.facts th[scope=rowgroup] { text-align: left; color: var(--ink); padding-top: 1rem; }
.facts small { display: block; color: var(--quiet); } .facts .chosen { font-weight: 650; color: var(--ink); }
.facts .chosen small { font-weight: 400; } .facts td.none { color: var(--quiet); text-align: left; }
article { border-top: 1px solid var(--line); padding: .6rem 0; max-width: 60rem; } article h4 { margin: 0 0 .25rem; font-size: 1rem; }
article pre { margin: .2rem 0 .5rem; white-space: pre-wrap; overflow-wrap: anywhere; font: .85rem/1.45 ui-monospace, monospace;
  max-height: 14rem; overflow-y: auto; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .4rem .6rem; }
article p { margin: .2rem 0; } .right { color: var(--good); } .wrong { color: var(--bad); } .failed { color: var(--warn); }
@media (max-width: 600px) { body { padding: 1.25rem .75rem 3rem; } figure text { font-size: 20px; } }
@media print { article pre { max-height: none; } }
`;
