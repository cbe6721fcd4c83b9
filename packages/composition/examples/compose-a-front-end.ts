import { openPlimsoll } from '@plimsoll/composition';
import type { OpenPlimsollOptions } from '@plimsoll/composition';

/** A front end in a few lines: which levels of `model` fit on a card with so much memory. */
export async function levelsThatFit(
  model: string,
  vramBytes: number,
  options: OpenPlimsollOptions = {},
): Promise<readonly string[]> {
  const plimsoll = await openPlimsoll(options);
  try {
    const { value: use } = await plimsoll.lease();
    const { candidates } = await (await use.planning(model)).plan({ model, vramBytes });
    return candidates.filter(({ fit }) => fit === 'full').map(({ level }) => level);
  } finally {
    await plimsoll.close();
  }
}
