import {
  DEFAULT_GOVERNOR_POLICY,
  INITIAL_GOVERNOR_STATE,
  HOST_DOMAIN,
  admit,
  bytesHeld,
  decide,
  inputsOf,
  hasRoomForLoad,
  ledgerEntry,
  outcomeOf,
  reservationsOf,
} from '@plimsoll/domain';
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
  PressureLevel,
} from '@plimsoll/domain';
import { DecisionLog } from './decision-log.js';
import type { LoggedDecision } from './decision-log.js';
import { machineReadings } from './machine-readings.js';
import type { ModelPool, PoolAdvice } from './model-pool.js';

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

/** A decision, what others held in its memory when it was taken, and when readings show what came of it. */
interface WatchedDecision {
  readonly decision: GovernorDecision;
  readonly foreignBefore: number | null;
  /** Null while it is being carried out. */
  readonly dueMs: number | null;
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
  readonly #levels = new Map<string, PressureLevel>();
  /** Decisions that are being carried out. */
  #underWay = 0;
  /** The decision whose outcome is still to be seen; null when there is none, or several would blur it. */
  #watched: WatchedDecision | null = null;

  constructor(options: GovernOptions) {
    this.#options = options;
    this.#policy = options.policy ?? DEFAULT_GOVERNOR_POLICY;
    this.#limitBytes = options.limitBytes ?? null;
    this.#mode = options.mode ?? 'active';
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
    const input = await this.#input();
    const { failed } = this.#state;
    const emptied = input.models.filter(({ name }) => beside.includes(name));
    const now = admit(this.#policy, input, model, failed, emptied);
    if (now !== null) return now;
    const models = input.models.map((one) => ({ ...one, changing: false, activeRequests: 0, incoming: undefined }));
    if (admit(this.#policy, { ...input, models }, model, failed) !== null) return 'wait';
    const { hard } = this.#policy;
    return isLastResort ? admit({ ...this.#policy, soft: hard, usageSwitch: null }, input, model, failed) : null;
  }

  async inTheWay(model: GovernedModel): Promise<readonly string[]> {
    const input = await this.#input();
    const models = input.models.map((one) => ({ ...one, activeRequests: 0 }));
    return admit(this.#policy, { ...input, models }, model, this.#state.failed)?.unload ?? [];
  }

  async fitsBeside(model: GovernedModel, rung: number): Promise<boolean> {
    const to = model.ladder[rung];
    const { leaveShare } = this.#policy.hard;
    return to !== undefined && hasRoomForLoad(await this.#input(), model, to, leaveShare) === true;
  }

  async hasRoomFor(model: GovernedModel, rung: number): Promise<boolean> {
    const to = model.ladder[rung];
    const input = await this.#input();
    // Drivers give device memory back late; the host's is back with the process that held it.
    const memory = input.memory.filter(({ domain }) => domain !== HOST_DOMAIN);
    return to === undefined || hasRoomForLoad({ ...input, memory }, model, to, 0) !== false;
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
      this.#watch(decision, this.#ledger(input), input.nowMs + this.#policy.settleMs);
      this.#record({ decision, carriedOut: 'done', error: null, outcome: null });
      return decision.action.to;
    }
    const to = lowerRung(model);
    if (to === null) return null;
    const { nowMs: atMs } = input;
    const action = { kind: 'switch' as const, model: model.name, from: model.rung, to };
    const prediction = { domain: null, freeBytesBefore: null, freeBytesAfter: null };
    const inputs = inputsOf(input, this.#ledger(input));
    const step: GovernorDecision = { atMs, rule: 'out-of-memory', direction: 'down', action, inputs, prediction };
    this.#failed(model.name, model.rung, atMs);
    this.#record({ decision: step, carriedOut: 'done', error: null, outcome: null });
    return to;
  }

  async status(): Promise<GovernorStatus> {
    const input = await this.#input();
    const { latched } = this.#state;
    return { mode: this.mode, ledger: this.#ledger(input), models: input.models, hold: this.#hold, latched };
  }

  /** Looks once. What was decided has been begun; `done` resolves when it has been carried out, or has failed. */
  async #look(): Promise<{ readonly look: GovernorLook; readonly done: Promise<void> }> {
    await this.#options.pool.reconcile();
    const input = await this.#input();
    const look = decide(this.#policy, this.#state, input);
    const ledger = this.#ledger(input);
    this.#settle(input.nowMs, ledger);
    this.#hold = look.hold;
    this.#tellPressure(look.state, ledger);
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
    this.#watch(decision, ledger);
    this.#underWay += 1;
    try {
      await this.#options.pool.perform(decision.action);
      this.#record({ ...entry, carriedOut: 'done' });
    } catch (error) {
      this.#record({ ...entry, carriedOut: 'failed', error: error instanceof Error ? error.message : String(error) });
      const { action, atMs } = decision;
      // Whatever is wrong with that point, it is not tried again soon.
      if (action.kind === 'switch') this.#failed(action.model, action.to, atMs);
      if (this.#watched?.decision === decision) this.#watched = null;
    } finally {
      this.#underWay -= 1;
      const dueMs = this.#options.clock.nowMs() + this.#policy.settleMs;
      if (this.#watched?.decision === decision) this.#watched = { ...this.#watched, dueMs };
    }
  }

  async #input(): Promise<GovernorInput> {
    const { gpu, host, clock, pool } = this.#options;
    const limitBytes = this.#limitBytes;
    const [devices, machine] = await Promise.all([gpu.read().catch(() => []), host.read()]);
    const nowMs = clock.nowMs();
    const models = pool.models();
    const ids = devices.map(({ deviceId }) => deviceId);
    const limits = limitBytes === null ? {} : limitsOf(limitBytes, ids, models);
    return { nowMs, ...machineReadings(devices, machine, nowMs), models, limitBytes: limits };
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

  #tellPressure({ pressure }: GovernorState, ledger: readonly LedgerEntry[]): void {
    for (const { domain, freeBytes, capacityBytes } of ledger) {
      const level = pressure[domain]?.level ?? 'none';
      if (level === (this.#levels.get(domain) ?? 'none')) continue;
      this.#levels.set(domain, level);
      this.#options.events?.publish({ type: 'memory-pressure', domain, level, freeBytes, capacityBytes });
    }
  }

  #ledger(input: GovernorInput): readonly LedgerEntry[] {
    const reservations = reservationsOf(input.models);
    return input.memory.map((reading) =>
      ledgerEntry(reading, reservations, input.limitBytes?.[reading.domain] ?? null),
    );
  }

  #watch(decision: GovernorDecision, ledger: readonly LedgerEntry[], dueMs: number | null = null): void {
    const { domain } = decision.prediction;
    const foreignBefore = ledger.find((entry) => entry.domain === domain)?.foreignBytes ?? null;
    this.#watched = this.#underWay > 0 ? null : { decision, foreignBefore, dueMs };
  }

  /** Writes down how the last decision turned out, once readings can show it. */
  #settle(nowMs: number, ledger: readonly LedgerEntry[]): void {
    if (this.#watched === null || nowMs < (this.#watched.dueMs ?? Number.POSITIVE_INFINITY)) return;
    const { decision, foreignBefore } = this.#watched;
    const after = ledger.find(({ domain }) => domain === decision.prediction.domain);
    this.log.settle(decision, after === undefined ? null : outcomeOf(decision, after, foreignBefore));
    this.#watched = null;
  }
}

/** What is left of the common limit on each device beside what our models hold on the others. */
function limitsOf(
  limitBytes: number,
  devices: readonly string[],
  models: readonly GovernedModel[],
): Readonly<Record<string, number>> {
  const held = (device: string): number => models.reduce((sum, model) => sum + bytesHeld(model, device), 0);
  const all = devices.reduce((sum, device) => sum + held(device), 0);
  return Object.fromEntries(devices.map((device) => [device, Math.max(0, limitBytes - all + held(device))]));
}

/** The next rung that takes less, where the rules see none. */
function lowerRung({ ladder, rung }: GovernedModel): number | null {
  const total = (index: number): number =>
    Object.values(ladder[index]?.bytes ?? {}).reduce((sum, bytes) => sum + bytes, 0);
  const lower = ladder.findIndex((_, index) => index > rung && total(index) < total(rung));
  return lower === -1 ? null : lower;
}
