import type { VariantLevel } from '../quantization/variant-level.js';
import { medianAbsoluteDeviation, weightedMedian } from '../metrics/robust-statistics.js';
import type { Prediction } from '../prediction/prediction.js';

/** One run that was both predicted from data sheets and measured. */
export interface SpeedObservation {
  readonly kind: 'decode' | 'prefill';
  readonly architecture: string | null;
  readonly device: string | null;
  readonly level: VariantLevel | null;
  /** What the prior said, tokens per second. */
  readonly predicted: number;
  readonly measured: number;
  /** From another machine: weighs a quarter. */
  readonly foreign: boolean;
}

/** What a prediction is about. */
export interface SpeedSubject {
  readonly kind: 'decode' | 'prefill';
  readonly architecture: string | null;
  readonly device: string | null;
  readonly level: VariantLevel | null;
}

/** What measurements say about how far a prior is off. */
export interface SpeedEvidence {
  /** Centre of the logarithms of measured / predicted. */
  readonly centre: number;
  /** Spread of single runs, as a share. */
  readonly noise: number;
  /** What all of it weighs: the inverse of a variance. */
  readonly precision: number;
  readonly observations: number;
}

/** What was learned about the priors of a machine. */
export interface SpeedCalibration {
  /** The measurements that bear on a subject, or null where there are none. */
  evidence(subject: SpeedSubject): SpeedEvidence | null;
  /** The prior as the measurements correct it; unchanged when there are none that bear on it. */
  calibrate(prior: Prediction, subject: SpeedSubject): Prediction;
}

const FOREIGN_WEIGHT = 0.25;
/** Runs of one operating point differ by this much at least. */
const SMALLEST_SPREAD = 0.03;
/** Spread among operating points that is assumed before any is seen. */
const ASSUMED_SPREAD = 0.1;

/**
 * Learns from measurements by how much the priors are off. Of the logarithms of measured / predicted the robust centre
 * is taken among the most similar runs there are: same architecture, device and level, else same architecture and
 * device, else same device. It is weighed against the prior's own uncertainty, so that one odd run does not carry it.
 */
export function learnSpeedCalibration(observations: readonly SpeedObservation[]): SpeedCalibration {
  const groups = new Map<string, { readonly value: number; readonly weight: number }[]>();
  for (const observation of observations) {
    const value = Math.log(observation.measured / observation.predicted);
    if (!Number.isFinite(value) || observation.device === null) continue;
    const entry = { value, weight: observation.foreign ? FOREIGN_WEIGHT : 1 };
    for (const key of keysOf(observation)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [entry]);
      else group.push(entry);
    }
  }
  const evidence = (subject: SpeedSubject): SpeedEvidence | null => {
    const key = keysOf(subject).find((candidate) => groups.has(candidate));
    const group = key === undefined ? undefined : groups.get(key);
    return group === undefined || subject.device === null ? null : evidenceOf(group);
  };
  return { evidence, calibrate: (prior, subject) => calibratedBy(prior, evidence(subject)) };
}

/** Most similar first. */
function keysOf({ kind, architecture, device, level }: SpeedSubject): readonly string[] {
  return [
    JSON.stringify([kind, device, architecture, level]),
    JSON.stringify([kind, device, architecture]),
    JSON.stringify([kind, device]),
  ];
}

function evidenceOf(group: readonly { readonly value: number; readonly weight: number }[]): SpeedEvidence | null {
  const centre = weightedMedian(group);
  if (centre === null) return null;
  const seen = medianAbsoluteDeviation(group.map(({ value }) => value)) ?? 0;
  // A spread that is assumed counts as one run, because few runs look more alike than they are.
  const noise = Math.max(
    SMALLEST_SPREAD,
    Math.sqrt((ASSUMED_SPREAD ** 2 + group.length * seen ** 2) / (group.length + 1)),
  );
  const weight = group.reduce((total, entry) => total + entry.weight, 0);
  return { centre, noise, precision: weight / noise ** 2, observations: group.length };
}

/** Two sources of knowledge, the prior and what was seen, each weighed by the inverse of its variance. */
export function calibratedBy(prior: Prediction, evidence: SpeedEvidence | null): Prediction {
  if (prior.value === null || evidence === null) return prior;
  const { centre, noise, precision, observations } = evidence;
  const priorPrecision = 1 / (prior.relativeSpread ?? 0.5) ** 2;
  const shift = (centre * precision) / (priorPrecision + precision);
  return {
    value: prior.value * Math.exp(shift),
    source: 'calibrated',
    relativeSpread: Math.sqrt(noise ** 2 + 1 / (priorPrecision + precision)),
    observations,
  };
}
