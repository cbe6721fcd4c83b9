/** What a plan page adds to the style of all pages. */
export const PLAN_STYLE: string = `
:root { --weights: #1d5f8a; --cache: #2f9e8f; --state: #7d5ba6; --compute: #93a1ae; --beside: #b0527a; --learned: #c98b2b; --hold: #eaf1f6; --deep: #fbeceb;
  --mark: #17212b; --over-a: #c5342b; --over-b: #e58a83; }
@media (prefers-color-scheme: dark) { :root { --weights: #3d8dbf; --cache: #3fb5a5; --state: #a586cf; --compute: #6f7f8d; --beside: #d0779c; --learned: #d9a04a; --hold: #1c2832;
  --deep: #2e1f20; --mark: #f2f6fa; --over-a: #e0574e; --over-b: #8e2f29; } }
body { max-width: 74rem; }
header { display: flex; gap: 1rem; align-items: flex-start; margin-bottom: 1.5rem; }
header h1 { overflow-wrap: anywhere; } .facts { margin: .15rem 0 0; max-width: none; font-size: .95rem; }
.note { margin: .35rem 0 0; font-size: .88rem; color: var(--warn); } .small { font-size: .88rem; margin-top: 2rem; }
svg.plimsoll { width: 1.75rem; height: 1.75rem; flex: none; background: none; border: 0; border-radius: 0; fill: none; stroke: var(--mark); stroke-width: 2.5; overflow: visible; }
svg.logo { width: 3.6rem; height: 2.5rem; margin-top: .1rem; stroke: var(--main); stroke-width: 2.8; }
.controls { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .9rem 1.1rem; padding: 1.1rem 1.2rem 1.2rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 10px; align-items: end; }
.field { display: grid; grid-template-columns: 1fr auto; gap: .2rem .75rem; min-width: 0; } .field.wide { grid-column: span 2; }
.field label { color: var(--quiet); font-size: .85rem; } .field output { font-weight: 650; font-variant-numeric: tabular-nums; font-size: .95rem; }
.field input, .field select { grid-column: 1 / -1; width: 100%; min-width: 0; margin: 0; height: 2.1rem; }
.field select, .field input[type=search], .controls button { font: inherit; font-size: .92rem; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 0 .45rem; }
.controls button { height: 2.1rem; cursor: pointer; } input[type=range] { accent-color: var(--main); }
:focus-visible { outline: 2px solid var(--main); outline-offset: 2px; }
.problem { margin: 1rem 0 0; padding: .7rem 1rem; max-width: none; border-left: 4px solid var(--bad); background: var(--deep); border-radius: 4px; }
.stale { opacity: .45; }
.verdict { margin-top: 1.25rem; padding: .9rem 1.2rem; border-left: 4px solid var(--good); background: var(--card); border-radius: 4px; }
.verdict h2 { margin: 0 0 .3rem; font-size: 1.25rem; } .reasons { margin: 0; padding-left: 1.1rem; font-size: .95rem; } .reasons li { margin: .15rem 0; max-width: 58rem; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; font-size: .85rem; color: var(--quiet); max-width: none; margin: .25rem 0 0; }
.legend i { display: inline-block; width: .9rem; height: .8rem; margin-right: .4rem; border-radius: 2px; vertical-align: -1px; }
.chart { --who: 7.5rem; --expect: 13.5rem; --gap: 1.25rem; }
.numbers { content-visibility: auto; contain-intrinsic-size: auto 28rem; } #chart, #reasons { contain: layout style; }
.rows { list-style: none; margin: 0; padding: 0; }
.row { contain: layout style; display: grid; grid-template-columns: var(--who) 1fr var(--expect); gap: 0 var(--gap); align-items: start; padding: .55rem 0 .5rem; border-top: 1px solid var(--line); }
.row.chosen { background: color-mix(in srgb, var(--good) 9%, transparent); }
.who b { font-size: 1.02rem; } .row.none .who b { color: var(--quiet); font-weight: 500; }
.who { padding-left: .5rem; } .who small { display: block; color: var(--quiet); font-size: .78rem; } .badge { display: table; margin-top: .15rem; padding: .05rem .5rem; border-radius: 9px; background: var(--good); color: var(--paper); font-size: .74rem; font-weight: 650; }
.badge.or { background: var(--quiet); } p.or { margin: .5rem 0 .1rem; font-size: .95rem; color: var(--quiet); }
.lane { position: relative; height: 1.7rem; background: var(--hold); border-radius: 3px; }
.lane > i, .shore > i { position: absolute; top: 0; bottom: 0; } .lane > i:not(.line):not(.beyond):not(.over):not(.ashore) { top: .22rem; bottom: .22rem; }
.weights { background: var(--weights); } .cache { background: var(--cache); } .state { background: var(--state); } .compute { background: var(--compute); } .beside { background: var(--beside); } .learned { background: var(--learned); }
.lane > .beyond { right: 0; background: var(--deep); border-radius: 0 3px 3px 0; }
.lane > .over { top: .1rem; bottom: .1rem; } .over { background: repeating-linear-gradient(-45deg, var(--over-a) 0 6px, var(--over-b) 6px 12px); border-radius: 0 3px 3px 0; }
.lane > .ashore { top: .22rem; bottom: .22rem; } .ashore { border: 1.5px dashed var(--warn); border-radius: 0 3px 3px 0; }
.lane > .line { top: -.6rem; bottom: -.55rem; width: 3px; margin-left: -1.5px; background: var(--mark); z-index: 1; }
.lane > .cut { right: 0; top: 0; bottom: 0; width: 1.4rem; background: linear-gradient(90deg, transparent, var(--paper) 75%); z-index: 1; } .cut::after { content: "→"; position: absolute; right: -.05rem; top: 50%; transform: translateY(-50%); color: var(--bad); font-style: normal; font-weight: 700; }
.shore { position: relative; height: .32rem; margin-top: .2rem; } .shore > i, .legend .shore-key { opacity: .62; } .legend .shore-key { height: .32rem; vertical-align: 2px; background: var(--weights); }
.how { margin: .2rem 0 0; font-size: .86rem; max-width: none; display: flex; flex-wrap: wrap; gap: 0 .9rem; } .how span { color: var(--quiet); }
.full .how b { color: var(--good); } .partial .how b { color: var(--warn); } .none .how b { color: var(--bad); }
.expect { font-size: .9rem; line-height: 1.5; padding-right: .5rem; } .expect b { font-variant-numeric: tabular-nums; } .expect small { color: var(--quiet); white-space: nowrap; }
.row.none .expect { opacity: .6; }
.mark-row, .axis-row { display: grid; grid-template-columns: 1fr; margin: 0 calc(var(--expect) + var(--gap)) 0 calc(var(--who) + var(--gap)); position: relative; }
.mark-row { height: 2.3rem; margin-top: .6rem; } .mark { position: absolute; bottom: -.05rem; display: flex; align-items: center; gap: .5rem; transform: translateX(-.875rem); font-size: .88rem; white-space: nowrap; z-index: 2; }
.mark em { font-style: normal; } .mark.left { flex-direction: row-reverse; transform: translateX(calc(-100% + .875rem)); }
.axis-row { height: 1.5rem; border-top: 1px solid var(--line); } .ticks { position: relative; } .ticks i { position: absolute; top: .2rem; transform: translateX(-50%); font-style: normal; font-size: .78rem; color: var(--quiet); white-space: nowrap; }
.ticks i::before { content: ""; position: absolute; left: 50%; top: -.2rem; height: .25rem; border-left: 1px solid var(--quiet); }
tbody th, thead th:first-child { position: sticky; left: 0; background: var(--paper); } tbody th { color: inherit; } tr.none td { color: var(--quiet); } tr.chosen { background: color-mix(in srgb, var(--good) 9%, transparent); } tbody tr.chosen th { font-weight: 700; background: color-mix(in srgb, var(--good) 9%, var(--paper)); }
@media (max-width: 46rem) {
  body { padding: 1.25rem .9rem 3rem; } .chart { --who: 0rem; --expect: 0rem; --gap: 0rem; }
  .controls { grid-template-columns: 1fr 1fr; padding: .9rem; } .controls button { grid-column: 1 / -1; }
  .row { grid-template-columns: 1fr auto; gap: .15rem .75rem; padding: .6rem 0; } .who { grid-column: 1 / -1; padding: 0; display: flex; align-items: baseline; gap: .6rem; } .badge { margin: 0; }
  .load, .expect { grid-column: 1 / -1; } .expect { display: flex; flex-wrap: wrap; gap: 0 1.1rem; padding: 0; } .lane > .line { top: -.3rem; bottom: -.3rem; }
  .mark em { display: none; } .row.chosen { margin: 0 -.9rem; padding-inline: .9rem; }
  .ticks i:nth-child(even) { display: none; } header { gap: .7rem; } svg.logo { width: 2.6rem; height: 1.9rem; }
}
@media (prefers-reduced-motion: no-preference) { .controls button, .field select { transition: border-color .15s; } }
@media print { .controls { display: none; } }
`;
