import { DEFAULT_GOVERNOR_POLICY, INITIAL_GOVERNOR_STATE, decide, inputsOf, ledgerOf } from '@plimsoll/domain';
import type {
  Admission,
  CallOptions,
  Clock,
  EventBus,
  GovernedModel,
  GovernorDecision,
  GovernorInput,
  GovernorLook,
  GovernorMode,
  GovernorPolicy,
  GovernorState,
  GpuProbe,
  HoldReason,
  HostProbe,
  LedgerEntry,
  Pin,
} from '@plimsoll/domain';
import { DecisionLog } from './decision-log.js';
import type { LoggedDecision } from './decision-log.js';
import { deviceLimits } from './device-limits.js';
import { lowerRung } from './lower-rung.js';
import { machineReadings } from './machine-readings.js';
import type { ModelPool, PoolAdvice } from './model-pool.js';
import { OutcomeWatch } from './outcome-watch.js';
import { PressureBell } from './pressure-bell.js';
import { admissionOf, fitsBeside, hasRoomAgain, inTheWayOf } from './room-for-models.js';
import type { RoomRules } from './room-for-models.js';

/** What the governor works with. */
export interface GovernOptions {
  readonly pool: Pick<ModelPool, 'models' | 'perform' | 'pin' | 'reconcile'>;
  readonly gpu: Pick<GpuProbe, 'read'>;
  readonly host: HostProbe;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly policy?: GovernorPolicy | undefined;
  readonly mode?: GovernorMode | undefined;
  /** Cap on what our models hold on all devices together; null is no cap. */
  readonly limitBytes?: number | null | undefined;
  /** Told of each decision, and of each change of pressure. */
  readonly events?: Pick<EventBus, 'publish'> | undefined;
}

/** How it stands. */
export interface GovernorStatus {
  readonly mode: GovernorMode;
  readonly ledger: readonly LedgerEntry[];
  readonly models: readonly GovernedModel[];
  /** Why nothing is being done; null right after a step. */
  readonly hold: HoldReason | null;
  /** Models that stepped too often and stay down, and since when. */
  readonly latched: GovernorState['latched'];
}

/** Time between two looks while something is served, and while nothing is. */
const SERVING_MS = 1000;
const IDLE_MS = 10_000;

/** Watches memory and heat, decides by the domain's rules, and has the pool carry it out. */
export class Govern implements PoolAdvice {
  readonly log: DecisionLog = new DecisionLog();
  #mode: GovernorMode;
  readonly #options: GovernOptions;
  #policy: GovernorPolicy;
  #limitBytes: number | null;
  #state: GovernorState = INITIAL_GOVERNOR_STATE;
  #hold: HoldReason | null = null;
  /** Ends the pause between two looks. */
  #pause: AbortController | null = null;
  #isIdle = true;
  readonly #outcomes = new OutcomeWatch(this.log);
  readonly #bell: PressureBell;

  constructor(options: GovernOptions) {
    this.#options = options;
    this.#policy = options.policy ?? DEFAULT_GOVERNOR_POLICY;
    this.#limitBytes = options.limitBytes ?? null;
    this.#mode = options.mode ?? 'active';
    this.#bell = new PressureBell(options.events);
  }

  get mode(): GovernorMode {
    return this.#mode;
  }

  /** Says what it does from now on. */
  steer(mode: GovernorMode): void {
    this.#mode = mode;
    this.#options.events?.publish({ type: 'governor-steered', mode, pinned: null });
  }

  /** Takes another policy and another cap from the next look on, which is now. */
  rule(policy: GovernorPolicy, limitBytes: number | null): void {
    this.#policy = policy;
    this.#limitBytes = limitBytes;
    this.#pause?.abort();
  }

  /** Fixes a model where it is, or lets it go. @throws InvalidInputError for one that is not served */
  pin(model: string, to: Pin): void {
    this.#options.pool.pin(model, to);
    this.#options.events?.publish({ type: 'governor-steered', mode: this.#mode, pinned: { model, to } });
  }

  /**
   * Looks again and again until it is aborted. What was decided is carried out beside that, so that a model that lets
   * long answers end does not hold up the others. A look that fails is only a look without readings.
   */
  async run({ signal }: CallOptions = {}): Promise<void> {
    const isOver = (): boolean => signal?.aborted === true;
    signal?.addEventListener('abort', () => this.#pause?.abort(), { once: true });
    while (!isOver()) {
      await this.#look().catch(() => undefined);
      if (isOver()) return;
      this.#isIdle = this.#options.pool.models().every(({ activeRequests }) => activeRequests === 0);
      this.#pause = new AbortController();
      const pauseMs = this.#isIdle ? IDLE_MS : SERVING_MS;
      await this.#options.clock.sleep(pauseMs, { signal: this.#pause.signal }).catch(() => undefined);
    }
  }

  /** Looks once, and does what was decided. Resolves when that is done. */
  async look(): Promise<GovernorLook> {
    const { look, done } = await this.#look();
    await done;
    return look;
  }

  async admit(
    model: GovernedModel,
    beside: readonly string[],
    isLastResort: boolean,
  ): Promise<Admission | 'wait' | null> {
    return admissionOf(this.#rules(await this.#input()), model, beside, isLastResort);
  }

  async inTheWay(model: GovernedModel): Promise<readonly string[]> {
    return inTheWayOf(this.#rules(await this.#input()), model);
  }

  async fitsBeside(model: GovernedModel, rung: number): Promise<boolean> {
    return fitsBeside(this.#rules(await this.#input()), model, rung);
  }

  async hasRoomFor(model: GovernedModel, rung: number): Promise<boolean> {
    return hasRoomAgain(await this.#input(), model, rung);
  }

  woken(): void {
    if (this.#isIdle) this.#pause?.abort();
  }

  async ranOutOfMemory(model: GovernedModel): Promise<number | null> {
    const models = this.#options.pool.models();
    const input = { ...(await this.#input()), models: models.map((one) => ({ ...one, changing: false })) };
    const look = decide(this.#policy, { ...this.#state, settleUntilMs: 0 }, { ...input, outOfMemory: [model.name] });
    const { decision } = look;
    if (decision?.action.kind === 'switch' && decision.action.model === model.name) {
      this.#state = look.state;
      this.#outcomes.done(decision, ledgerOf(input), input.nowMs + this.#policy.settleMs);
      this.#record({ decision, carriedOut: 'done', error: null, outcome: null });
      return decision.action.to;
    }
    const to = lowerRung(model);
    if (to === null) return null;
    const { nowMs: atMs } = input;
    const action = { kind: 'switch' as const, model: model.name, from: model.rung, to };
    const prediction = { domain: null, freeBytesBefore: null, freeBytesAfter: null };
    const inputs = inputsOf(input, ledgerOf(input));
    const step: GovernorDecision = { atMs, rule: 'out-of-memory', direction: 'down', action, inputs, prediction };
    this.#failed(model.name, model.rung, atMs);
    this.#record({ decision: step, carriedOut: 'done', error: null, outcome: null });
    return to;
  }

  async status(): Promise<GovernorStatus> {
    const input = await this.#input();
    const { latched } = this.#state;
    return { mode: this.mode, ledger: ledgerOf(input), models: input.models, hold: this.#hold, latched };
  }

  /** Looks once. What was decided has been begun; `done` resolves when it has been carried out, or has failed. */
  async #look(): Promise<{ readonly look: GovernorLook; readonly done: Promise<void> }> {
    await this.#options.pool.reconcile();
    const input = await this.#input();
    const look = decide(this.#policy, this.#state, input);
    const ledger = ledgerOf(input);
    this.#outcomes.settle(input.nowMs, ledger);
    this.#hold = look.hold;
    this.#bell.ring(look.state.pressure, ledger);
    const done = Promise.resolve();
    if (this.mode === 'hold') return { look: { ...look, decision: null }, done };
    // What a dry run decides is not remembered as done.
    if (this.mode === 'active' || look.decision === null) this.#state = look.state;
    if (look.decision === null) return { look, done };
    if (this.mode === 'active') return { look, done: this.#carryOut(look.decision, ledger) };
    this.#record({ decision: look.decision, carriedOut: 'dry-run', error: null, outcome: null });
    return { look, done };
  }

  /** Never fails: what went wrong is recorded. */
  async #carryOut(decision: GovernorDecision, ledger: readonly LedgerEntry[]): Promise<void> {
    const entry = { decision, error: null, outcome: null };
    let isDone = false;
    this.#outcomes.begun(decision, ledger);
    try {
      await this.#options.pool.perform(decision.action);
      isDone = true;
      this.#record({ ...entry, carriedOut: 'done' });
    } catch (error) {
      this.#record({ ...entry, carriedOut: 'failed', error: error instanceof Error ? error.message : String(error) });
      const { action, atMs } = decision;
      // Whatever is wrong with that point, it is not tried again soon.
      if (action.kind === 'switch') this.#failed(action.model, action.to, atMs);
    } finally {
      this.#outcomes.ended(decision, isDone, this.#options.clock.nowMs() + this.#policy.settleMs);
    }
  }

  async #input(): Promise<GovernorInput> {
    const { gpu, host, clock, pool } = this.#options;
    const [devices, machine] = await Promise.all([gpu.read().catch(() => []), host.read()]);
    const nowMs = clock.nowMs();
    const models = pool.models();
    const ids = devices.map(({ deviceId }) => deviceId);
    const limitBytes = deviceLimits(this.#limitBytes, ids, models);
    return { nowMs, ...machineReadings(devices, machine, nowMs), models, limitBytes };
  }

  #rules(input: GovernorInput): RoomRules {
    return { policy: this.#policy, input, failed: this.#state.failed };
  }

  #failed(model: string, rung: number, atMs: number): void {
    const point = { model, rung, untilMs: atMs + this.#policy.longestHealthyMs };
    this.#state = { ...this.#state, failed: [...this.#state.failed, point] };
  }

  #record(entry: LoggedDecision): void {
    this.log.add(entry);
    const { decision, carriedOut, error } = entry;
    this.#options.events?.publish({ type: 'governor-decided', decision, carriedOut, error });
  }
}
