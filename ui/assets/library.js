const drawer = element.closest('#library');
drawer.setAttribute('role', 'dialog');
drawer.setAttribute('aria-labelledby', 'library-title');
const rows = () => [...element.querySelectorAll('li[data-id]')];
const chosen = new Map(); // from id to uri
let at = null; // what has the focus here: its row, the place of that, and its number among what can have it there

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if (wish.read || wish.cut) {
    window.footnote.show();
    if (wish.cut) trigger('cut', { id: wish.cut });
    else trigger('read', window.footnote.part(wish));
    return;
  }
  if (!button.dataset.remove) return;
  if (button.dataset.sure) { trigger('remove', { id: button.dataset.remove }); return; }
  button.dataset.sure = 'yes';
  button.textContent = button.dataset.asks;
  setTimeout(() => { delete button.dataset.sure; button.textContent = 'Remove'; }, 4000);
});

element.addEventListener('change', (event) => {
  if (event.target.matches('.sort')) sort();
  if (!event.target.matches('[type=checkbox]')) return;
  if (event.target.checked) chosen.set(event.target.value, event.target.closest('li').dataset.uri);
  else chosen.delete(event.target.value);
  window.footnote.only([...chosen.keys()], rows().length);
});

element.addEventListener('input', (event) => {
  if (event.target.matches('.filter')) filter();
});

function filter() {
  const words = element.querySelector('.filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows()) {
    const text = row.querySelector('div').textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
}

// What a row holds is asked for when it is opened first.
element.addEventListener('toggle', (event) => {
  const id = event.target.dataset.about;
  if (id && event.target.open && event.target.querySelector('.status')) trigger('about', { id });
}, true);

// The largest, longest and newest come first; documents without a date come last.
const NUMBERS = ['size', 'pages', 'chunks', 'date'];
function sort() {
  const order = element.querySelector('.sort').value;
  const key = (row) => (NUMBERS.includes(order) ? -Number(row.dataset[order].replaceAll('-', '')) : row.dataset[order].toLowerCase());
  const list = element.querySelector('.shelf');
  list.append(...rows().sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)));
}

element.closest('#shelf').addEventListener('footnote-all', () => {
  chosen.clear();
  element.querySelectorAll('[type=checkbox]').forEach((box) => { box.checked = false; });
  window.footnote.only([], rows().length);
});

// Files that are watched come and go by themselves: what the page shows is compared with what there is.
const look = () => trigger('look', { state: element.querySelector('[data-state]')?.dataset.state ?? '' });
drawer.addEventListener('footnote-open', look);
drawer.addEventListener('footnote-alive', () => { if (chosen.size || document.body.classList.contains('with-library')) look(); });

const controls = (within) => [...within.querySelectorAll('button, input, select, summary')];
const row = (id) => rows().find((each) => each.dataset.id === id);
document.addEventListener('pointerdown', () => { at = null; }, true);
document.addEventListener('focusin', (event) => {
  const inside = event.target.closest('li[data-id]');
  const place = inside ? rows().indexOf(inside) : -1;
  at = element.contains(event.target) ? { id: inside?.dataset.id, place, number: controls(inside ?? element).indexOf(event.target) } : null;
});

// The list is rendered anew when documents come or go, and stays what its reader has made of it: a document that was
// changed is another one at the same place.
watch('value', () => {
  const before = chosen.size;
  for (const [id, uri] of [...chosen]) {
    if (row(id)) continue;
    chosen.delete(id);
    const now = rows().find((each) => each.dataset.uri === uri);
    if (now) chosen.set(now.dataset.id, uri);
  }
  rows().forEach((each) => { each.querySelector('[type=checkbox]').checked = chosen.has(each.dataset.id); });
  if (before) window.footnote.only([...chosen.keys()], rows().length);
  if (!rows().length) return;
  sort();
  filter();
  // Elements are used anew at their places: the focus goes with its document, or to the one that took its place.
  if (at) controls(at.place < 0 ? element : row(at.id) ?? rows()[Math.min(at.place, rows().length - 1)])[at.number]?.focus();
});
