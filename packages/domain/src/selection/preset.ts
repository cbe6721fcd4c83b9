/** How the parts of a score are weighed, and where the lines are drawn. */
export interface SelectionPreset {
  /** Shares of the technical score; they sum to 1. */
  readonly weights: { readonly focus: number; readonly exposure: number; readonly composition: number };
  /** How much of a missing point of the noise score counts, 0 to 1. */
  readonly noisePenalty: number;
  /** Share of the model's score in the final one, 0 to 1. */
  readonly modelShare: number;
  /** Final scores from here on are approved. */
  readonly approveFrom: number;
  /** Final scores below are rejected. */
  readonly rejectBelow: number;
  /** A focus score below rejects whatever the rest says; null where blur may be wanted. */
  readonly rejectFocusBelow: number | null;
}

const FOUNDING: SelectionPreset = {
  weights: { focus: 0.35, exposure: 0.35, composition: 0.3 },
  noisePenalty: 0.15,
  modelShare: 0.3,
  approveFrom: 4,
  rejectBelow: 3,
  rejectFocusBelow: 2.5,
};

/** Presets by name. `general` has the founding weights and thresholds. */
export const SELECTION_PRESETS = {
  general: FOUNDING,
  portrait: { ...FOUNDING, weights: { focus: 0.45, exposure: 0.35, composition: 0.2 } },
  landscape: { ...FOUNDING, weights: { focus: 0.3, exposure: 0.35, composition: 0.35 }, noisePenalty: 0.2 },
  event: {
    ...FOUNDING,
    weights: { focus: 0.45, exposure: 0.4, composition: 0.15 },
    noisePenalty: 0.05,
    rejectFocusBelow: 2,
  },
  wildlife: { ...FOUNDING, weights: { focus: 0.5, exposure: 0.3, composition: 0.2 }, noisePenalty: 0.05 },
} as const satisfies Readonly<Record<string, SelectionPreset>>;

/** Name of a preset. */
export type SelectionPresetName = keyof typeof SELECTION_PRESETS;

/** Names of the presets, the default first. */
export const SELECTION_PRESET_NAMES = Object.keys(SELECTION_PRESETS) as readonly SelectionPresetName[];
