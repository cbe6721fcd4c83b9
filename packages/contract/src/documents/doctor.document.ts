import type { Finding } from '@plimsoll/application';
import type { DoctorDocument } from '../schemas/doctor.schema.js';
import { findingWords } from '../words/finding.words.js';
import type { RemedyWords } from '../words/remedy.words.js';

/** What a diagnosis found. `words` are the front end's for what mends it. */
export function doctorDocument(findings: readonly Finding[], words?: RemedyWords): DoctorDocument {
  return {
    schema: 'plimsoll.doctor/1',
    healthy: findings.every(({ status }) => status !== 'problem'),
    findings: findings.map(({ check, status, ...rest }) => ({ check, status, ...findingWords(rest, words) })),
  };
}
