import {
  footprintObservations,
  learnFootprintCorrection,
  learnSpeedCalibration,
  measuredQuality,
  measuredSpeed,
  speedObservations,
} from '@plimsoll/domain';
import type {
  CallOptions,
  FootprintCorrection,
  Measurement,
  MeasurementStore,
  PlanRequest,
  SpeedObservation,
} from '@plimsoll/domain';

/** Records that are looked at: the newest. */
const RECORDS = 5000;

/** The measurements that a plan asks. */
export interface LearnedRecords {
  /** Of the model on the device. */
  readonly speeds: readonly Measurement[];
  /** Of the model. */
  readonly qualities: readonly Measurement[];
  /** Of all models on the device. */
  readonly predicted: readonly SpeedObservation[];
}

/** What the measurements say for a plan. */
export interface LearnedKnowledge {
  readonly records: LearnedRecords;
  readonly correction: FootprintCorrection;
}

/** The same for a plan that asks the engine itself, whose earlier answers must then not correct it again. */
export interface LearnedForExact {
  readonly overhead: LearnedKnowledge['correction'];
}

/** Which model and machine a plan is about. */
export interface KnowledgeSubject {
  /** Digests of the model's variants that are here: only what was measured of these contents is known of them. */
  readonly digests: readonly string[];
  readonly architecture: string;
  /** First device of the budget, or the processor where there is none; null when unknown. */
  readonly device: string | null;
}

/** What was measured of these contents on this device first, then what was learned for its architecture and device. */
export async function learnedKnowledge(
  store: MeasurementStore,
  subject: KnowledgeSubject,
  options?: CallOptions,
): Promise<LearnedKnowledge & LearnedForExact> {
  const { digests, architecture, device } = subject;
  const onDevice = device === null ? [] : await store.query({ device, limit: RECORDS }, options);
  const speeds = onDevice.filter(({ digest }) => digest !== null && digests.includes(digest));
  const qualities =
    digests.length === 0 ? [] : await store.query({ digests, kind: 'quality', limit: RECORDS }, options);
  const footprints = footprintObservations(onDevice);
  const resident = footprints.filter(({ byEngine }) => byEngine !== true);
  return {
    records: { speeds, qualities, predicted: speedObservations(onDevice) },
    correction: learnFootprintCorrection(footprints, architecture, device),
    overhead: learnFootprintCorrection(resident, architecture, device),
  };
}

/** What the records answer to a plan's questions. */
export function knowledgeFrom({
  speeds,
  qualities,
  predicted,
}: LearnedRecords): Pick<PlanRequest, 'measuredSpeed' | 'measuredQuality' | 'calibration'> {
  return {
    measuredSpeed: (point) => measuredSpeed(speeds, point),
    measuredQuality: (level, cache) => measuredQuality(qualities, level, cache),
    calibration: learnSpeedCalibration(predicted),
  };
}
