/** What the contact sheet does in a browser: filters, keys, stars, comparison of two photos. */
export const CONTACT_SHEET_SCRIPT = String.raw`
'use strict';
(() => {
  const cards = [...document.querySelectorAll('.photo')];
  const buttons = [...document.querySelectorAll('[data-filter]')];
  const least = document.querySelector('[data-least]');
  const count = document.querySelector('[data-count]');
  const dialog = document.querySelector('dialog');
  const chosen = [];
  let filter = 'all';
  let current = null;
  const key = (card) => 'plimsoll-stars ' + card.dataset.id;
  const read = (card) => { try { return Number(localStorage.getItem(key(card)) || 0); } catch { return Number(card.dataset.own || 0); } };
  const showStars = (card) => { const own = read(card); card.querySelector('[data-stars]').textContent = own ? '★'.repeat(own) : ''; };
  const setStars = (card, own) => { card.dataset.own = own; try { localStorage.setItem(key(card), own); } catch {} showStars(card); };
  const matches = ({ dataset }) =>
    (filter === 'all' || dataset.groups.split(' ').includes(filter)) &&
    (dataset.score === '' ? least.value === '1' : Number(dataset.score) >= Number(least.value));
  const shown = () => cards.filter((card) => !card.hidden);
  const apply = () => {
    for (const card of cards) card.hidden = !matches(card);
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.filter === filter));
    count.textContent = shown().length + ' shown';
  };
  const go = (card) => {
    if (!card) return;
    current?.classList.remove('current');
    current = card;
    card.classList.add('current');
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: 'nearest' });
  };
  const step = (by) => { const list = shown(); const at = list.indexOf(current); go(list[at === -1 ? 0 : Math.max(0, Math.min(list.length - 1, at + by))]); };
  const choose = (card) => {
    const at = chosen.indexOf(card);
    if (at !== -1) chosen.splice(at, 1); else chosen.push(card);
    if (chosen.length > 2) chosen.shift().classList.remove('chosen');
    card.classList.toggle('chosen', chosen.includes(card));
  };
  const compare = () => {
    if (chosen.length < 2) return;
    dialog.querySelector('.pair').replaceChildren(...chosen.map((card) => {
      const figure = document.createElement('figure');
      const caption = document.createElement('figcaption');
      caption.textContent = card.querySelector('.text').innerText;
      const image = card.querySelector('img');
      figure.append(...(image ? [image.cloneNode()] : []), caption);
      return figure;
    }));
    dialog.showModal();
  };
  for (const button of buttons) button.addEventListener('click', () => { filter = button.dataset.filter; apply(); scrollTo(0, 0); });
  least.addEventListener('input', () => { least.nextElementSibling.value = Number(least.value).toFixed(1); apply(); });
  for (const card of cards) { card.addEventListener('click', () => go(card)); if (read(card)) showStars(card); }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || event.target === least) return;
    if (event.key === 'ArrowRight' || event.key === 'j') step(1);
    else if (event.key === 'ArrowLeft' || event.key === 'k') step(-1);
    else if (event.key === 'Home') go(shown()[0]);
    else if (event.key === 'End') go(shown().at(-1));
    else if (/^[0-5]$/.test(event.key) && current) setStars(current, Number(event.key));
    else if (event.key === 'c' && current) choose(current);
    else if (event.key === 'Enter' && !event.target.closest('button')) compare();
    else return;
    event.preventDefault();
  });
  apply();
})();
`;
