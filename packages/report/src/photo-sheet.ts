import { CONTACT_SHEET_SCRIPT } from './contact-sheet-script.js';
import { BASE_STYLE, escapeHtml, page } from './html.js';

const STYLE = `${BASE_STYLE}
body { max-width: none; padding: 1rem 1.25rem 3rem; }
.bar { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .6rem 0; display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.bar button { font: inherit; padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 999px; background: var(--card); color: inherit; cursor: pointer; }
.bar button[aria-pressed=true] { border-color: var(--main); color: var(--main); font-weight: 600; }
.bar input { vertical-align: middle; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: .75rem; }
.photo { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; content-visibility: auto; contain-intrinsic-size: 13.5rem 17rem; scroll-margin: 4.5rem 0 1rem; outline: 0 solid var(--main); }
.photo.current { outline-width: 3px; } .photo.chosen { border-color: var(--main); } .photo[hidden] { display: none; }
.photo img, .photo .none { display: block; width: 100%; height: 10rem; object-fit: contain; background: #8883; }
.photo .none { display: grid; place-items: center; color: var(--quiet); }
.photo div.text { padding: .45rem .6rem .6rem; font-size: .85rem; line-height: 1.4; overflow-wrap: anywhere; }
.score { font-weight: 700; font-size: 1rem; } .approve { color: var(--good); } .review { color: var(--warn); } .reject, .error { color: var(--bad); }
dialog { width: 96vw; max-width: none; height: 92vh; border: 0; border-radius: 8px; background: var(--card); color: inherit; }
dialog .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; height: calc(100% - 3rem); }
dialog figure { margin: 0; display: flex; flex-direction: column; min-height: 0; } dialog figcaption { white-space: pre-line; max-height: 30%; overflow: auto; } dialog img { flex: 1; min-height: 0; width: 100%; object-fit: contain; }
`;

/** A photo on a sheet. All texts are escaped here. */
export interface SheetCard {
  readonly path: string;
  /** Data URL; undefined when there is no picture. */
  readonly thumbnail: string | undefined;
  /** Null: it was not judged. */
  readonly score: number | null;
  /** One of the style's words: `approve`, `review`, `reject` or `error`. */
  readonly verdict: string;
  /** Names of the filters that show it. */
  readonly groups: readonly string[];
  /** Lines below the name. */
  readonly details: readonly string[];
}

/** What stands above the photos. */
export interface SheetHead {
  readonly title: string;
  /** Sentences. */
  readonly summary: string;
  /** Beside `all`. */
  readonly filters: readonly string[];
}

const KEYS =
  'Keys: ← → Home End move, 1–5 your stars, 0 none, c choose for comparison, Enter compare, Esc close. Stars stay in this browser.';

/** A page of photos with filters, stars and comparison of two, by mouse and by keys. Needs no other file. */
export function photoSheet({ title, summary, filters }: SheetHead, cards: readonly SheetCard[]): string {
  const buttons = ['all', ...filters].map(
    (filter) => `<button type="button" data-filter="${filter}" aria-pressed="${filter === 'all'}">${filter}</button>`,
  );
  return page(
    title,
    STYLE,
    `<h1>${escapeHtml(title)}</h1>
<p class="quiet">${escapeHtml(summary)}<br>${KEYS}</p>
<div class="bar">${buttons.join('')}
<label>at least <input type="range" min="1" max="5" step="0.1" value="1" data-least> <output>1.0</output></label>
<span class="quiet" data-count></span></div>
<main class="grid">
${cards.map(cardHtml).join('\n')}
</main>
<dialog><div class="pair"></div><form method="dialog"><button>Close</button></form></dialog>
<script>${CONTACT_SHEET_SCRIPT}</script>`,
  );
}

function cardHtml({ path, thumbnail, score, verdict, groups, details }: SheetCard): string {
  const name = escapeHtml(path.split(/[\\/]/).at(-1) ?? path);
  const picture =
    thumbnail === undefined
      ? '<div class="none">no picture</div>'
      : `<img loading="lazy" decoding="async" alt="${name}" src="${thumbnail}">`;
  return (
    `<article class="photo" tabindex="-1" data-groups="${groups.join(' ')}" data-score="${score ?? ''}" ` +
    `data-id="${escapeHtml(path)}">${picture}<div class="text">` +
    `<span class="score ${verdict}">${score?.toFixed(1) ?? '–'}</span> <span class="${verdict}">${verdict}</span> ` +
    `<span data-stars></span><br>${name}<br><span class="quiet">${details.map(escapeHtml).join('<br>')}</span>` +
    '</div></article>'
  );
}
