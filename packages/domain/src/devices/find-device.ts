import { InvalidInputError } from '../errors/invalid-input-error.js';
import type { ErrorDetails } from '../errors/plimsoll-error.js';
import { deviceCatalogue, unifiedChips } from './catalogue.js';
import type { DeviceKey } from './device-key.js';
import { deviceKey, editDistance } from './device-key.js';
import type { DeviceProfile } from './device-profile.js';

/** A device of the catalogue with one of its memory sizes. */
export interface DeviceMatch {
  readonly profile: DeviceProfile;
  readonly memoryBytes: number;
}

const GIBIBYTE = 1024 ** 3;

interface Entry {
  readonly profile: DeviceProfile;
  readonly keys: readonly DeviceKey[];
}

const entryOf = (profile: DeviceProfile): Entry => ({
  profile,
  keys: [profile.name, ...profile.aliases].map(deviceKey),
});

let entries: readonly Entry[] | null = null;

/** The catalogue, its names read when the first device is looked for. */
const catalogue = (): readonly Entry[] => (entries ??= deviceCatalogue().map(entryOf));

/** Those of it that share their memory with a processor and have a number in common with its name. */
const chipsLike = (processorName: string): readonly Entry[] =>
  unifiedChips()
    .filter(({ name, aliases }) => {
      const words = [name, ...aliases].join(' ').split(' ');
      return words.some((word) => /\d/.test(word) && processorName.toLowerCase().includes(word.toLowerCase()));
    })
    .map(entryOf);

/**
 * The device that a person means by `RTX 4060`, `rtx4060ti 16gb` or `M2 Pro 32GB`, or a driver by
 * `NVIDIA GeForce RTX 3060`. Case, spaces and the vendor's name do not matter.
 * @throws InvalidInputError when nothing or more than one fits, with what was probably meant
 */
export function findDevice(text: string): DeviceMatch {
  const key = deviceKey(text.slice(0, 200));
  const profiles = matching(key);
  const [profile, second] = profiles;
  if (profile === undefined) {
    throw new InvalidInputError(`No device is known as ${JSON.stringify(text)}.`, wayOut(nearest(key)));
  }
  if (second !== undefined) {
    throw new InvalidInputError(
      `${JSON.stringify(text)} can mean several devices.`,
      wayOut(profiles.flatMap(sizedNames)),
    );
  }
  const wanted = key.memoryGiB === null ? null : key.memoryGiB * GIBIBYTE;
  const options = profile.memoryOptionsBytes;
  const memoryBytes =
    wanted === null ? (options.length === 1 ? options[0] : undefined) : options.find((o) => o === wanted);
  if (memoryBytes !== undefined) return { profile, memoryBytes };
  const sizes = options.map((bytes) => bytes / GIBIBYTE).join(', ');
  throw new InvalidInputError(
    wanted === null
      ? `${profile.name} is sold with ${sizes} GB of memory; it was not said which.`
      : `${profile.name} is not sold with ${key.memoryGiB ?? 0} GB of memory, but with ${sizes}.`,
    wayOut(sizedNames(profile)),
  );
}

/** What a search of the catalogue finds. */
export interface DevicesFound {
  readonly devices: readonly DeviceProfile[];
  /** Names that look most like the text, where nothing has it. */
  readonly near: readonly string[];
}

/** The devices whose name, vendor or other names have every word of the text; all of them for an empty one. */
export function searchDevices(text: string): DevicesFound {
  const words = text
    .slice(0, 200)
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const devices = deviceCatalogue().filter(({ name, vendor, aliases }) => {
    const known = [vendor, name, ...aliases].join(' ').toLowerCase();
    const squeezed = known.replaceAll(/[^a-z0-9]/g, '');
    return words.every((word) => known.includes(word) || squeezed.includes(word.replaceAll(/[^a-z0-9]/g, '') || word));
  });
  return { devices, near: devices.length > 0 ? [] : nearest(deviceKey(text.slice(0, 200))) };
}

/** Cards of one kind beyond this are no machine of one owner. */
const MOST_CARDS = 16;

/**
 * The devices behind `RTX 4060`, or behind `2x RTX 3090`.
 * @throws InvalidInputError as `findDevice`, and for none or more than 16
 */
export function findDevices(text: string): readonly DeviceMatch[] {
  const [, count, name] = /^\s*(\d{1,3})\s*[x×]\s*(\D.*)$/i.exec(text.slice(0, 200)) ?? [];
  if (count === undefined || name === undefined) return [findDevice(text)];
  const cards = Number(count);
  if (cards < 1 || cards > MOST_CARDS) {
    throw new InvalidInputError(
      `${JSON.stringify(text)} are ${cards} cards; between 1 and ${MOST_CARDS} can be planned for.`,
    );
  }
  return new Array<DeviceMatch>(cards).fill(findDevice(name));
}

/**
 * The profile of a device that a probe reported, or null when the catalogue lacks it. `totalBytes` tells models of one
 * name apart; a driver shows a little less than what is sold.
 */
export function profileOf(name: string, totalBytes: number | null = null): DeviceProfile | null {
  const key = deviceKey(name.slice(0, 200));
  const candidates = candidatesFor(key);
  const distance = ({ memoryOptionsBytes }: DeviceProfile): number =>
    totalBytes === null ? 0 : Math.min(...memoryOptionsBytes.map((bytes) => Math.abs(bytes - totalBytes)));
  return [...candidates].sort((a, b) => distance(a) - distance(b))[0] ?? null;
}

/** The chip that a processor's name stands for, one whose GPU shares its memory, or null: most processors are none. */
export function chipOf(processorName: string): DeviceProfile | null {
  const name = processorName.slice(0, 200);
  const chips = chipsLike(name);
  return chips.length === 0 ? null : (candidatesFor(deviceKey(name), chips)[0] ?? null);
}

/** Rows that carry the name, whatever their memory; those with the size in their name included. */
function candidatesFor(key: DeviceKey, among: readonly Entry[] = catalogue()): readonly DeviceProfile[] {
  const base = among.filter(({ keys }) => keys.some((known) => known.base === key.base));
  const found = base.length > 0 ? base : among.filter(({ keys }) => keys.some((known) => known.short === key.base));
  return found.map(({ profile }) => profile);
}

function matching(key: DeviceKey): readonly DeviceProfile[] {
  if (key.base === '') return [];
  const exact = catalogue().filter(({ keys }) => keys.some((known) => known.full === key.full));
  if (exact.length > 0) return exact.map(({ profile }) => profile);
  const candidates = candidatesFor(key);
  const { memoryGiB } = key;
  if (memoryGiB === null) return candidates.filter((profile) => !namesItsSize(profile) || candidates.length === 1);
  const sized = candidates.filter(({ memoryOptionsBytes }) => memoryOptionsBytes.includes(memoryGiB * GIBIBYTE));
  return sized.length > 0 ? sized : candidates.filter((profile) => !namesItsSize(profile));
}

function namesItsSize(profile: DeviceProfile): boolean {
  return deviceKey(profile.name).memoryGiB !== null;
}

function sizedNames(profile: DeviceProfile): readonly string[] {
  if (namesItsSize(profile) || profile.memoryOptionsBytes.length === 1) return [profile.name];
  return profile.memoryOptionsBytes.map((bytes) => `${profile.name} ${bytes / GIBIBYTE}GB`);
}

/** Names that look most like what was typed; parts of a name count as near. */
function nearest(key: DeviceKey): readonly string[] {
  const typed = key.base;
  return catalogue()
    .map(({ profile, keys }) => {
      const distances = keys.flatMap(({ base, short }) =>
        [base, short ?? base].map((known) =>
          typed.length >= 2 && known.includes(typed)
            ? 0.5
            : editDistance(typed, known) / Math.max(typed.length, known.length, 1),
        ),
      );
      return { name: profile.name, distance: Math.min(...distances) };
    })
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 4)
    .map(({ name }) => name);
}

function wayOut(names: readonly string[]): ErrorDetails {
  return {
    hint: `Did you mean ${names.map((name) => JSON.stringify(name)).join(', ')}? Or give the memory alone.`,
    remedies: [{ kind: 'use-options', options: { vram: '8GB' } }],
  };
}
