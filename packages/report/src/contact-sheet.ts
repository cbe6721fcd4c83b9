import type { PhotoDocument, PhotosDocument } from '@plimsoll/contract';
import { CONTACT_SHEET_SCRIPT } from './contact-sheet-script.js';
import { BASE_STYLE, escapeHtml, page } from './html.js';

const STYLE = `${BASE_STYLE}
body { max-width: none; padding: 1rem 1.25rem 3rem; }
.bar { position: sticky; top: 0; z-index: 1; background: var(--paper); padding: .6rem 0; display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
.bar button { font: inherit; padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 999px; background: var(--card); color: inherit; cursor: pointer; }
.bar button[aria-pressed=true] { border-color: var(--main); color: var(--main); font-weight: 600; }
.bar input { vertical-align: middle; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: .75rem; }
.photo { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; content-visibility: auto; contain-intrinsic-size: 13.5rem 17rem; outline: 0 solid var(--main); }
.photo.current { outline-width: 3px; } .photo.chosen { border-color: var(--main); } .photo[hidden] { display: none; }
.photo img, .photo .none { display: block; width: 100%; height: 10rem; object-fit: contain; background: #8883; }
.photo .none { display: grid; place-items: center; color: var(--quiet); }
.photo div.text { padding: .45rem .6rem .6rem; font-size: .85rem; line-height: 1.4; overflow-wrap: anywhere; }
.score { font-weight: 700; font-size: 1rem; } .approve { color: var(--good); } .review { color: var(--warn); } .reject, .error { color: var(--bad); }
dialog { width: 96vw; max-width: none; height: 92vh; border: 0; border-radius: 8px; background: var(--card); color: inherit; }
dialog .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; height: calc(100% - 3rem); }
dialog figure { margin: 0; display: flex; flex-direction: column; min-height: 0; } dialog img { flex: 1; min-height: 0; width: 100%; object-fit: contain; }
`;

/** A page with every photo: scores, reasons, bursts, filters, and keys. `thumbnails` are data URLs by path. */
export function contactSheet(document: PhotosDocument, thumbnails: ReadonlyMap<string, string>): string {
  const { photos, passed, minScore, preset, model, unreadable } = document;
  const by = model === null ? 'by their pixels' : `by their pixels and ${model}`;
  const filters = ['all', 'approve', 'review', 'reject', 'bursts', 'errors'];
  const buttons = filters.map(
    (filter) => `<button type="button" data-filter="${filter}" aria-pressed="${filter === 'all'}">${filter}</button>`,
  );
  return page(
    `${photos.length} photos`,
    STYLE,
    `<h1>${photos.length} photos, judged ${escapeHtml(by)}</h1>
<p class="quiet">Preset ${escapeHtml(preset)}. ${passed} score ${minScore} or more; ${unreadable} could not be read.
Keys: ← → move, 1–5 your stars, 0 none, c choose for comparison, Enter compare, Esc close. Stars stay in this browser.</p>
<div class="bar">${buttons.join('')}
<label>at least <input type="range" min="1" max="5" step="0.1" value="1" data-least> <output>1.0</output></label>
<span class="quiet" data-count></span></div>
<main class="grid">
${photos.map((photo) => card(photo, thumbnails.get(photo.path))).join('\n')}
</main>
<dialog><div class="pair"></div><form method="dialog"><button>Close</button></form></dialog>
<script>${CONTACT_SHEET_SCRIPT}</script>`,
  );
}

function card(photo: PhotoDocument, thumbnail: string | undefined): string {
  const { path, recommendation, overallScore, burst, error } = photo;
  const name = escapeHtml(path.split(/[\\/]/).at(-1) ?? path);
  const kind = error === null ? (recommendation ?? 'review') : 'error';
  const picture =
    thumbnail === undefined
      ? '<div class="none">no picture</div>'
      : `<img loading="lazy" decoding="async" alt="${name}" src="${thumbnail}">`;
  return (
    `<article class="photo" tabindex="-1" data-kind="${kind}" data-score="${overallScore ?? 0}" ` +
    `data-burst="${burst?.number ?? ''}" data-id="${escapeHtml(path)}">${picture}<div class="text">` +
    `<span class="score ${kind}">${overallScore?.toFixed(1) ?? '–'}</span> <span class="${kind}">${kind}</span> ` +
    `<span data-stars></span><br>${name}<br><span class="quiet">${escapeHtml(detail(photo))}</span></div></article>`
  );
}

function detail({ error, focusScore, exposureScore, compositionScore, reasons, burst, llm }: PhotoDocument): string {
  if (error !== null) return error.message;
  const part = (name: string, score: number | null): string => `${name} ${score?.toFixed(1) ?? '?'}`;
  const parts = [part('focus', focusScore), part('exposure', exposureScore), part('composition', compositionScore)];
  const why = reasons.map(({ kind }) => String(kind).replaceAll('-', ' ')).filter((kind) => kind !== 'model');
  return [
    parts.join(', '),
    ...(why.length === 0 ? [] : [why.join(', ')]),
    ...(burst === null ? [] : [`burst ${burst.number}${burst.isBest ? ', best' : ''}`]),
    ...(llm === null ? [] : [`model ${llm.score.toFixed(1)} (${llm.level ?? llm.variant}): ${llm.reasoning}`]),
  ].join('. ');
}
