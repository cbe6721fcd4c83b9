/** Something that can be done about a memory or a device. */
export type GovernorAction =
  | { readonly kind: 'drop-idle-cache'; readonly model: string }
  | { readonly kind: 'unload'; readonly model: string }
  | { readonly kind: 'switch'; readonly model: string; readonly from: number; readonly to: number }
  | { readonly kind: 'limit-concurrency'; readonly model: string; readonly to: number | null };

/** An action and the bytes that it is predicted to free in the memory that is short. */
export interface Remedy {
  readonly action: GovernorAction;
  readonly reclaimBytes: number;
}
