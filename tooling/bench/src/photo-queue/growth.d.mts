export interface Farm {
  readonly workers: number;
  readonly producers: number;
  readonly databaseCores: number;
  readonly survivors: number;
  readonly costs: {
    readonly digest: number;
    readonly redis: number;
    readonly database: number;
    readonly pixels: number;
    readonly model: number;
  };
}

export const PENDING_PER_PRODUCER: number;

export function simulateFarm(
  farm: Farm,
  run?: { readonly photos?: number; readonly seed?: number },
): {
  readonly photosPerSecond: number;
  readonly busy: Readonly<Record<string, number>>;
  readonly bound: string;
};
