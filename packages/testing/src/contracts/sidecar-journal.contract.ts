import type { SidecarJournal } from '@plimsoll/domain';
import { afterEach, describe, expect, test } from 'vitest';

/** What every record of sidecars does. `open` gives an empty one each time; the suite closes it. */
export function describeSidecarJournalContract(
  name: string,
  open: () => SidecarJournal | Promise<SidecarJournal>,
): void {
  describe(`${name} is a SidecarJournal`, () => {
    let opened: SidecarJournal | null = null;
    const journal = async (): Promise<SidecarJournal> => (opened = await open());
    afterEach(async () => {
      await opened?.close();
      opened = null;
    });

    test('gives the last run that was not undone, its changes last first', async () => {
      const kept = await journal();
      expect(await kept.last()).toBeNull();
      const change = (number: number) => ({
        path: `/a\nb 🐈 ${number}.xmp`,
        before: number === 1 ? null : '<x/>',
        after: `<y n="${number}"/>`,
      });
      await kept.add('1000', change(1));
      await kept.add('1000', change(2));
      await kept.add('2000', change(3));
      expect(await kept.last()).toEqual({ run: '2000', changes: [change(3)] });
      await kept.markUndone('2000');
      expect(await kept.last()).toEqual({ run: '1000', changes: [change(2), change(1)] });
      await kept.markUndone('1000');
      expect(await kept.last()).toBeNull();
    });
  });
}
