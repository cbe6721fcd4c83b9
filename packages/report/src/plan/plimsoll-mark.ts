/** The mark on a ship's hull, turned to the direction of the bars: a circle with the load line through it. */
export const PLIMSOLL_MARK: string =
  '<svg class="plimsoll" viewBox="0 0 28 28" aria-hidden="true"><circle cx="14" cy="14" r="9"/><path d="M14 0v28"/></svg>';

/** The mark upright, as on a hull. */
export const PLIMSOLL_LOGO: string =
  '<svg class="plimsoll logo" viewBox="0 0 40 28" aria-hidden="true"><circle cx="20" cy="14" r="10"/><path d="M2 14h36"/></svg>';
