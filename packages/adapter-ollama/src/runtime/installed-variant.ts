import { parseLevel, recipeInName, type InstalledVariant, type ResidentModel } from '@plimsoll/domain';
import type { ResidentEntry, TagEntry } from '@plimsoll/protocol/ollama';

/** Go writes "for ever" as a time some 290 years ahead. */
const FOREVER_MS = Date.UTC(2200, 0, 1);

/** One entry of `/api/tags`. */
export function installedVariant(entry: TagEntry): InstalledVariant {
  return {
    name: entry.name,
    // The server tells the preset that a recipe started from; what was made here bears the recipe's name.
    level: recipeInName(entry.name) ?? parseLevel(entry.details?.quantization_level ?? ''),
    sizeBytes: entry.size ?? null,
    digest: digest(entry.digest),
    architecture: textOrNull(entry.details?.family),
    parameterSize: textOrNull(entry.details?.parameter_size),
    modifiedAtMs: timeMs(entry.modified_at),
  };
}

/** One entry of `/api/ps`. A loaded model without a size is one whose runner told none. */
export function residentModel(entry: ResidentEntry): ResidentModel {
  const sizeKnown = (entry.size ?? 0) > 0;
  const expiresAtMs = timeMs(entry.expires_at);
  return {
    name: entry.name,
    sizeBytes: sizeKnown ? (entry.size ?? null) : null,
    deviceBytes: sizeKnown ? (entry.size_vram ?? null) : null,
    contextTokens: (entry.context_length ?? 0) > 0 ? (entry.context_length ?? null) : null,
    expiresAtMs: expiresAtMs === null || expiresAtMs > FOREVER_MS ? null : expiresAtMs,
  };
}

function digest(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === '') return null;
  return text.includes(':') ? text : `sha256:${text}`;
}

function timeMs(text: string | null | undefined): number | null {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) && time > 0 ? time : null;
}

function textOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined || text === '' ? null : text;
}
