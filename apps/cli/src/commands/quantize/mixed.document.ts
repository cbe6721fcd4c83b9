import type { PlannedSpeed, PrecisionPlan, PrecisionVerdict, RecipeFit } from '@plimsoll/application';
import type { QuantizeDocument } from '@plimsoll/contract';
import type { VariantLevel } from '@plimsoll/domain';

/** What was planned, and for what. */
export interface Planned {
  readonly model: string;
  readonly level: VariantLevel;
  /** File of the importance matrix. */
  readonly matrix: string | undefined;
  readonly plan: PrecisionPlan;
  readonly fit: RecipeFit | null;
}

/** The document of a recipe that was chosen and not made yet. */
export function mixedDocument(
  { model, level, matrix, plan, fit }: Planned,
  durationMs: number,
  verdict: PrecisionVerdict | null = null,
): QuantizeDocument {
  const { preset, bitsPerWeight, predictedLoss, evaluations, groups, fileBytes, speed } = plan;
  return {
    ...{ schema: 'plimsoll.quantize/1', model, level, dryRun: true },
    ...{ name: null, path: null, method: null, digest: null },
    importanceMatrix: matrix ?? null,
    sizeBytes: fileBytes,
    mixed: {
      ...{ bitsPerWeight, predictedLoss, evaluations, fit },
      speed: speed === null ? null : speedDocument(speed, verdict?.mostLoss ?? null),
      groups: groups.map(({ name, type, bytes, predictedLoss: lost, sensitivity }) => {
        return { name, type, bytes, predictedLoss: lost, sensitivity };
      }),
      loss: verdict?.loss ?? null,
      preset:
        preset === null
          ? null
          : { level: preset.level, sizeBytes: preset.fileBytes, loss: verdict?.presetLoss ?? null },
      kept: verdict?.keeps ?? true,
    },
    durationMs,
  };
}

function speedDocument(
  { tokenSeconds, presetTokenSeconds, speeds: { secondsPerWeight, basis, processor } }: PlannedSpeed,
  mostLoss: number | null,
): (QuantizeDocument['mixed'] & object)['speed'] {
  const perSecond = (seconds: number | null): number | null => (seconds === null || seconds <= 0 ? null : 1 / seconds);
  return {
    tokensPerSecond: perSecond(tokenSeconds),
    presetTokensPerSecond: perSecond(presetTokenSeconds),
    ...{ mostLoss, basis, processor },
    weightsPerSecond: Object.fromEntries(
      Object.entries(secondsPerWeight).map(([type, seconds]) => [type, 1 / seconds]),
    ),
  };
}
