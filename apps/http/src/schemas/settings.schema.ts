import { settingFields } from '@plimsoll/contract/schemas';
import type { SettingsPatch } from '@plimsoll/domain';
import { z } from 'zod';

/** A change of settings: what is given changes, the rest stays. */
export const settingsPatchSchema: z.ZodType<SettingsPatch> = z
  .strictObject({ ...settingFields, openaiApiKey: z.string().nullable() })
  .partial();
