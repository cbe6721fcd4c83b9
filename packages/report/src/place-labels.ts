/** A text that belongs to a point. */
export interface PointLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** Where a text is drawn. */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

/** The room that texts have. */
export interface Room {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const CHARACTER_WIDTH = 8;
const TEXT_HEIGHT = 15;
const GAP = 9;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * A place beside each point, inside the room, where no text lies on another or on a point; the first place that will
 * do, tried from near to far. Where all are taken the nearest is used all the same.
 */
export function placeLabels(labels: readonly PointLabel[], room: Room): readonly LabelPlace[] {
  const taken: Box[] = labels.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }));
  return labels.map(({ text, x, y }) => {
    const width = text.length * CHARACTER_WIDTH;
    const candidates = [-8, 14, 4, -24, 30, -40, 46].flatMap((dy) =>
      (['start', 'end'] as const).map((anchor) => {
        const at = anchor === 'start' ? x + GAP : x - GAP;
        const left = anchor === 'start' ? at : at - width;
        const box = { left, right: left + width, top: y + dy - TEXT_HEIGHT + 3, bottom: y + dy + 3 };
        return { place: { x: at, y: y + dy, anchor }, box };
      }),
    );
    const inside = candidates.filter(
      ({ box }) => box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom,
    );
    const free = inside.find(({ box }) => !taken.some((other) => overlaps(box, other)));
    const chosen = free ?? inside[0] ?? candidates[0];
    if (chosen === undefined) return { x, y, anchor: 'start' };
    taken.push(chosen.box);
    return chosen.place;
  });
}

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
