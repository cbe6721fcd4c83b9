import { learnFootprintCorrection, learnSpeedCalibration, measuredSpeed } from '@plimsoll/domain';
import type {
  FootprintCorrection,
  Level,
  Measurement,
  MeasurementStore,
  PlanRequest,
  QualityExpectation,
  SpeedObservation,
} from '@plimsoll/domain';

/** Records that are looked at: the newest. */
const RECORDS = 5000;

/** What the measurements say for a plan. */
export type LearnedKnowledge = Required<
  Pick<PlanRequest, 'measuredSpeed' | 'measuredQuality' | 'calibration' | 'correction'>
>;

/** Which model and machine a plan is about. */
export interface KnowledgeSubject {
  readonly model: string;
  readonly architecture: string;
  /** First device of the budget, or the processor where there is none; null when unknown. */
  readonly device: string | null;
}

/** What was measured of this model on this device first, then what was learned for its architecture and device. */
export async function learnedKnowledge(store: MeasurementStore, subject: KnowledgeSubject): Promise<LearnedKnowledge> {
  const { model, architecture, device } = subject;
  const onDevice = device === null ? [] : await store.query({ device, limit: RECORDS });
  const ofModel = onDevice.filter((record) => record.model === model);
  const quality = (await store.query({ model, kind: 'quality', limit: RECORDS })).filter(({ foreign }) => !foreign);
  const speed: NonNullable<PlanRequest['measuredSpeed']> = (point) => measuredSpeed(ofModel, point);
  return {
    measuredSpeed: speed,
    measuredQuality: (level, { keyCacheType, valueCacheType }) =>
      keyCacheType === valueCacheType ? qualityAt(quality, level, keyCacheType) : null,
    calibration: learnSpeedCalibration(onDevice.flatMap(speedObservations)),
    correction: correctionFrom(onDevice, architecture, device),
  };
}

function qualityAt(records: readonly Measurement[], level: Level, kvCache: string): QualityExpectation | null {
  const newest = records.find((record) => record.level === level && record.kvCache === kvCache)?.quality;
  if (!newest) return null;
  return {
    perplexityIncrease: newest.perplexityRatio - 1,
    meanKld: newest.meanKld,
    sameTopToken: newest.sameTopToken,
    source: 'measured',
    note: `Measured here on ${newest.scoredTokens} tokens.`,
  };
}

function correctionFrom(
  records: readonly Measurement[],
  architecture: string,
  device: string | null,
): FootprintCorrection {
  const observations = records.flatMap((record) =>
    record.footprint === null
      ? []
      : [
          {
            ...record.footprint,
            architecture: record.architecture,
            device: record.environment.device,
            foreign: record.foreign,
          },
        ],
  );
  return learnFootprintCorrection(observations, architecture, device);
}

/** Runs that were predicted when they were measured. */
function speedObservations(record: Measurement): readonly SpeedObservation[] {
  const { timings, predictedSpeed } = record;
  if (!record.succeeded || record.throttled === true || timings === null || !predictedSpeed) return [];
  const subject = {
    architecture: record.architecture,
    device: record.environment.device,
    level: record.level,
    foreign: record.foreign,
  };
  return [
    {
      kind: 'decode' as const,
      predicted: predictedSpeed.decodeTokensPerSecond,
      measured: perSecond(timings.generatedTokens, timings.decodeMs),
    },
    {
      kind: 'prefill' as const,
      predicted: predictedSpeed.prefillTokensPerSecond,
      measured: perSecond(timings.promptTokens, timings.prefillMs),
    },
  ].flatMap(({ kind, predicted, measured }) =>
    predicted === null || measured === null ? [] : [{ ...subject, kind, predicted, measured }],
  );
}

const perSecond = (tokens: number | null, durationMs: number | null): number | null =>
  tokens === null || durationMs === null || tokens <= 0 || durationMs <= 0 ? null : (tokens * 1000) / durationMs;
