import type { ComparedLevel } from '@plimsoll/application';

/** A level's name; its cache is part of it where it is not the usual one. */
export function levelLabel({ level, kvCache }: Pick<ComparedLevel, 'level' | 'kvCache'>): string {
  return kvCache === 'f16' ? level : `${level} / ${kvCache}`;
}
