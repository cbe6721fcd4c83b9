/** A device that warms up with the power it draws and slows down when it is too hot. */
export interface ThermalState {
  readonly temperatureC: number;
  readonly throttling: boolean;
}

/** Where it slows down, and where it stops doing so: those of common cards. */
const SLOWDOWN_C = 83;
const RELEASE_C = 80;
/** Degrees above the air that a watt makes in the long run, and how fast it gets there. Chosen, not measured. */
const DEGREES_PER_WATT = 0.22;
const TIME_CONSTANT_MS = 40_000;
const IDLE_W = 20;

/** As cool as the air lets it be when it is idle. */
export function restingState(ambientC: number): ThermalState {
  return { temperatureC: ambientC + IDLE_W * DEGREES_PER_WATT, throttling: false };
}

/** After `stepMs` at this power, by Newton's law of cooling. */
export function nextThermal(before: ThermalState, powerW: number, ambientC: number, stepMs: number): ThermalState {
  const target = ambientC + powerW * DEGREES_PER_WATT;
  const share = 1 - Math.exp(-stepMs / TIME_CONSTANT_MS);
  const temperatureC = before.temperatureC + (target - before.temperatureC) * share;
  return { temperatureC, throttling: temperatureC >= (before.throttling ? RELEASE_C : SLOWDOWN_C) };
}

/** Degrees left to the slowdown. */
export const marginC = ({ temperatureC }: ThermalState): number => SLOWDOWN_C - temperatureC;

/** What a device draws with so many answers of a point under way. Unknown powers count as 180 W. */
export function drawnW(powerW: number | null, answers: number): number {
  return answers === 0 ? IDLE_W : (powerW ?? 180) * (0.8 + (0.2 * Math.min(answers, 4)) / 4);
}
