import type { VariantLevel, PlimsollError } from '@plimsoll/domain';

/** Something that went on in another way than was asked for; front ends choose the words. */
export type Warning =
  /** Another variant answers, since the wanted level cannot be had now. */
  | {
      readonly kind: 'other-variant';
      readonly variant: string;
      readonly model: string;
      readonly level: VariantLevel;
      readonly error: Pick<PlimsollError, 'message' | 'hint' | 'remedies'>;
      /** Whether it is being made meanwhile. */
      readonly isBeingMade?: boolean | undefined;
    }
  /** The answer is there, but its record could not be kept. */
  | { readonly kind: 'not-recorded'; readonly message: string }
  /** Records could not be read; what was measured here does not count. */
  | { readonly kind: 'records-unreadable'; readonly message: string }
  /** The configuration holds something that is not used. */
  | { readonly kind: 'configuration'; readonly message: string };

/** That a record could not be kept, and why. */
export const notRecorded = (cause: unknown): Warning => ({
  kind: 'not-recorded',
  message: cause instanceof Error ? cause.message : String(cause),
});

/** Takes warnings as they come. */
export type Warn = (warning: Warning) => void;
