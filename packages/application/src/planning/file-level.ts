import { levelFromFileType, metadataNumber } from '@plimsoll/domain';
import type { InspectedModel, Level } from '@plimsoll/domain';

/** The level that a model file says it has, or null. */
export function fileLevel({ header }: Pick<InspectedModel, 'header'>): Level | null {
  const fileType = metadataNumber(header, 'general.file_type');
  return fileType === null ? null : levelFromFileType(fileType);
}
