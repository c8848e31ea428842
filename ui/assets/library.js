const drawer = element.closest('#library');
drawer.setAttribute('role', 'dialog');
drawer.setAttribute('aria-labelledby', 'library-title');
const rows = () => [...element.querySelectorAll('li[data-id]')];
const chosen = new Set();

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
  if (event.target.matches('.sort')) sort(event.target.value);
  if (!event.target.matches('[type=checkbox]')) return;
  if (event.target.checked) chosen.add(event.target.value); else chosen.delete(event.target.value);
  window.footnote.only([...chosen], rows().length);
});

element.addEventListener('input', (event) => {
  if (!event.target.matches('.filter')) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows()) {
    const text = row.querySelector('div').textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
});

// What a row holds is asked for when it is opened first.
element.addEventListener('toggle', (event) => {
  const id = event.target.dataset.about;
  if (id && event.target.open && event.target.querySelector('.status')) trigger('about', { id });
}, true);

// The largest, longest and newest come first; documents without a date come last.
const NUMBERS = ['size', 'pages', 'chunks', 'date'];
function sort(by) {
  const key = (row) => (NUMBERS.includes(by) ? -Number(row.dataset[by].replaceAll('-', '')) : row.dataset[by].toLowerCase());
  const list = element.querySelector('.shelf');
  list.append(...rows().sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)));
}

element.closest('#shelf').addEventListener('footnote-all', () => {
  chosen.clear();
  element.querySelectorAll('[type=checkbox]').forEach((box) => { box.checked = false; });
  window.footnote.only([], rows().length);
});

// The list is rendered anew when documents come or go; what was chosen stays chosen where it still is there.
watch('value', () => {
  const there = new Set(rows().map((row) => row.dataset.id));
  const before = chosen.size;
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  rows().forEach((row) => { row.querySelector('[type=checkbox]').checked = chosen.has(row.dataset.id); });
  if (before) window.footnote.only([...chosen], rows().length);
});
