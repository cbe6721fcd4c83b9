import type { Admission, GovernedModel, GovernorAction, GovernorDecision, GovernorInput } from '@plimsoll/domain';

/** What a policy sees: what the governor sees, and two figures that a careless one looks at. */
export interface PolicyView extends GovernorInput {
  /** Used and cached memory of the host as a share of all: what counts page cache as used. */
  readonly hostUsedWithCacheShare: number;
}

/** Decides about models in the simulator. One object serves one run. */
export interface SimulatedPolicy {
  readonly name: string;
  /** Where a model that is asked for comes in; null lets its requests wait. */
  admit(view: PolicyView, model: GovernedModel): Admission | null;
  /** Asked once a second. */
  look(view: PolicyView): { readonly action: GovernorAction | null; readonly decision: GovernorDecision | null };
}
