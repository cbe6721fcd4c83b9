import type { VariantLevel, SelectionPresetName } from '@plimsoll/domain';

/** A photo to be evaluated, as any worker understands it. */
export interface PhotoJob {
  /** The same on every machine. */
  readonly path: string;
  /** Digest of the photo when it was queued. */
  readonly photo: string;
  /** Of the result that is asked for, and of the one by pixels alone, which comes first. */
  readonly key: string;
  readonly technicalKey: string;
  readonly preset: SelectionPresetName;
  /** Null: pixels alone decide. */
  readonly model: PhotoJobModel | null;
}

/** The model that is asked, and how. */
export interface PhotoJobModel {
  readonly name: string;
  /** What the variant is known by where the job was made; another one must not judge. */
  readonly variant: string;
  readonly level: VariantLevel | null;
  readonly lowerLevels: readonly VariantLevel[];
  readonly askAboutRejects: boolean;
  readonly sendPicture: boolean;
}

/** The lane in which photos are judged by their pixels. */
export const TECHNICAL_LANE = 'pixels';

const MODEL = 'model ';

/** The lane of a model's variant. */
export function modelLane({ variant }: PhotoJobModel): string {
  return `${MODEL}${variant}`;
}

/** Whether a lane is one of a model. */
export function isModelLane(lane: string): boolean {
  return lane.startsWith(MODEL);
}
