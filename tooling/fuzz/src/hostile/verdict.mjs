/** Messages of the program about itself: each is a defect. */
const UNEXPECTED = /Something went wrong that should not|at .*\(.*:\d+:\d+\)|Maximum call stack|heap out of memory/u;

/** Control characters and marks that turn the direction of writing; the program's own line breaks may stay. */
const UNPRINTABLE = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;

/** What is wrong with a run of the program, in words; empty when nothing is. */
export function faultsOf(result, { codes, says, boundMiB }) {
  const { code, signal, hung, stdout, stderr, peakMiB } = result;
  const text = stdout + stderr;
  if (hung) return ['hung'];
  return [
    ...(signal === null ? [] : [`crashed with ${signal}`]),
    ...(UNEXPECTED.test(text) ? ['failed in a way that it did not expect'] : []),
    ...(signal !== null || codes.includes(code) ? [] : [`ended with ${code}, not ${codes.join(' or ')}`]),
    ...(says === undefined || says.test(text) ? [] : [`does not say ${says}`]),
    ...(code !== 0 && text.trim() === '' ? ['says nothing'] : []),
    ...(UNPRINTABLE.test(text) ? ['prints what acts on a terminal'] : []),
    ...(peakMiB !== null && peakMiB > boundMiB ? [`took ${Math.round(peakMiB)} MiB`] : []),
  ];
}

/** Figures of a group of runs. */
export function createTally(group) {
  const figures = { group, runs: 0, failed: 0, hung: 0, crashed: 0, lost: 0, slowestMs: 0, peakMiB: 0, peakOf: null };
  const failures = [];
  const skipped = [];
  return {
    figures,
    failures,
    skipped,
    add(name, result, faults) {
      figures.runs += 1;
      if (result !== null) {
        figures.hung += Number(result.hung);
        figures.crashed += Number(result.signal !== null && !result.hung);
        figures.slowestMs = Math.max(figures.slowestMs, Math.round(result.ms));
        if ((result.peakMiB ?? 0) > figures.peakMiB) {
          figures.peakMiB = Math.round(result.peakMiB);
          figures.peakOf = name;
        }
      }
      if (faults.length === 0) return;
      figures.failed += 1;
      const said = result === null ? '' : result.stderr.slice(0, 300);
      failures.push({ name, faults, said });
    },
    skip: (name, reason) => skipped.push({ name, reason }),
  };
}
