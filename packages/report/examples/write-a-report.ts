import type { Comparison } from '@plimsoll/application';
import { comparisonReport } from '@plimsoll/report';
import { writeFile } from 'node:fs/promises';

/** Writes a comparison as a page that opens anywhere, without a network. */
export async function writeReport(comparison: Comparison, file: string): Promise<void> {
  await writeFile(file, comparisonReport(comparison));
}
