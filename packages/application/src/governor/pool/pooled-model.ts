import { InvalidInputError, correctedLadder } from '@plimsoll/domain';
import type { BytesByDomain, GovernedModel, Pin } from '@plimsoll/domain';
import type { RequestGate } from '../request-gate.js';
import type { ServedModel, ServedRung } from './served-model.js';
import { sumOf } from './sum-of-bytes.js';

/** A served model as it stands: what is loaded, what comes and goes, and who waits. */
export class PooledModel {
  readonly served: ServedModel;
  /** Leads to a rung. */
  readonly gate: RequestGate<number>;
  /** The ladder, its bytes corrected by what loads took. */
  ladder: readonly ServedRung[];
  rung = 0;
  loaded = false;
  changing: Promise<unknown> | null = null;
  /** The rung that is being loaded. */
  coming: number | null = null;
  /** The rung that stays loaded beside the present one until its answers are done. */
  fading: { readonly rung: number; readonly bytes: BytesByDomain } | null = null;
  /** What it gave up while nobody asked for it; null when it has all. */
  dropped: BytesByDomain | null = null;
  pin: Pin = 'none';
  concurrencyLimit: number | null = null;
  reported: BytesByDomain | null = null;
  lastUsedMs: number;
  /** When it last had to go; undefined when it never had to. */
  leftMs: number | undefined;
  reloadMs: number;
  /** What loads were seen to take, by rung. */
  readonly #observed = new Map<number, BytesByDomain>();
  readonly #canDropCache: boolean;

  /** @param canDropCache whether the backend can take an idle model's cache from it. */
  constructor(served: ServedModel, gate: RequestGate<number>, nowMs: number, canDropCache: boolean) {
    this.served = served;
    this.gate = gate;
    this.#canDropCache = canDropCache;
    this.ladder = served.ladder;
    this.reloadMs = served.reloadMs;
    this.lastUsedMs = nowMs;
  }

  /** @throws InvalidInputError for a rung that its ladder has not */
  rungAt(index: number = this.rung): ServedRung {
    const rung = this.ladder[index];
    if (rung === undefined) throw new InvalidInputError(`${this.served.name} has no point number ${index}.`);
    return rung;
  }

  /** Corrects the ladder by what a load was seen to take. */
  learn(rung: number, taken: BytesByDomain): void {
    this.#observed.set(rung, taken);
    this.ladder = correctedLadder(this.served.ladder, this.#observed);
  }

  /** Lets requests in where it is loaded now. */
  open(): void {
    this.gate.open(this.rung, this.concurrencyLimit ?? this.rungAt().point.parallel);
  }

  /** Takes note that nothing of it is loaded any more. */
  gone(): void {
    this.loaded = false;
    this.reported = null;
    this.dropped = null;
  }

  /** The model as the governor sees it. */
  governed(): GovernedModel {
    const { ladder, coming, fading, dropped } = this;
    const { bytes = {}, cacheBytes = {} } = ladder[this.rung] ?? {};
    const activeRequests = this.gate.active + this.gate.waiting;
    const canDrop = this.#canDropCache && dropped === null && activeRequests === 0;
    const others = fading?.bytes ?? {};
    const isChanged = fading !== null || dropped !== null;
    return {
      name: this.served.name,
      ladder,
      rung: this.rung,
      loaded: this.loaded,
      pin: this.pin,
      changing: this.changing !== null,
      activeRequests,
      concurrencyLimit: this.concurrencyLimit,
      idleCache: this.loaded && canDrop ? cacheBytes : {},
      reported: isChanged ? sumOf(sumOf(this.reported ?? bytes, others), dropped ?? {}, -1) : this.reported,
      ...(coming === null ? {} : { incoming: ladder[coming]?.bytes }),
      lastUsedMs: this.lastUsedMs,
      leftMs: this.leftMs,
      reloadMs: this.reloadMs,
    };
  }
}
