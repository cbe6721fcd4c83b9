import { HuggingFaceHub } from '@plimsoll/adapter-hub';

/** Lists what a repository offers, best level first. */
export async function listLevels(
  repository: string,
  hub: HuggingFaceHub = new HuggingFaceHub(),
): Promise<readonly string[]> {
  const variants = await hub.variants(`hf.co/${repository}`);
  return variants.map(
    ({ name, level, sizeBytes }) => `${name}: ${level ?? 'unknown level'}, ${sizeBytes ?? '?'} bytes`,
  );
}
