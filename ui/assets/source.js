const panel = element.closest('#source');
panel.setAttribute('role', 'complementary');
panel.setAttribute('aria-label', 'Source');

let judged = ''; // the button to come back to when the panel was drawn anew for a verdict

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if ('close' in wish) window.footnote.close();
  else if (wish.step) window.footnote.step(Number(wish.step));
  else if (wish.copy) window.footnote.copy(wish.copy, element.querySelector('.said'));
  else if (wish.turning) turn(Number(wish.turning));
  else if (wish.says) judge(wish);
  else if (wish.read) trigger('read', window.footnote.part(wish));
  else if (wish.kind) trigger('whole', { turn: Number(wish.turn), kind: wish.kind, number: Number(wish.number), whole: wish.whole === '1' });
});

// Previous and next citation by [ and ], wherever the focus is in the panel; pages by the arrows, on the page itself.
element.addEventListener('keydown', (event) => {
  if (event.key === '[' || event.key === ']') window.footnote.step(event.key === '[' ? -1 : 1);
  const by = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 }[event.key];
  if (by && event.target.closest('.drawn')) { event.preventDefault(); turn(by); }
});

function judge(wish) {
  judged = wish.says;
  const whole = Boolean(element.querySelector('[data-whole=""]'));
  trigger('judge', { turn: Number(wish.turn), number: Number(wish.number), verdict: wish.says, whole });
}

// Another page of a PDF; the server marks what of the slice stands on it.
function turn(by) {
  const drawn = element.querySelector('.drawn');
  const { last, address, marked, cited } = drawn.dataset;
  const page = Math.min(Number(last), Math.max(1, Number(drawn.dataset.page) + by));
  if (page === Number(drawn.dataset.page)) return;
  drawn.dataset.page = page;
  const image = drawn.querySelector('img');
  image.src = address + page;
  image.alt = `Page ${page} of ${last}${page === Number(cited) ? marked : ''}`;
  ends(drawn);
  drawn.querySelector('[role=status]').textContent = `Page ${page} of ${last}`;
}

function ends(drawn) {
  const { page, last } = drawn.dataset;
  drawn.querySelector('[data-turning="-1"]').setAttribute('aria-disabled', String(page === '1'));
  drawn.querySelector('[data-turning="1"]').setAttribute('aria-disabled', String(page === last));
}

// The marked words come into view; "load", "error" and "toggle" do not bubble.
element.addEventListener('load', (event) => {
  const drawn = event.target.closest?.('.drawn');
  if (!drawn) return;
  const { page, cited, down } = drawn.dataset;
  drawn.scrollTop = page === cited ? event.target.offsetTop - drawn.offsetTop + Number(down) * event.target.offsetHeight - drawn.clientHeight / 2 : 0;
}, true);

// A page that cannot be drawn says so.
element.addEventListener('error', (event) => {
  if (event.target.matches('.drawn img')) event.target.closest('.drawn').querySelector('[role=status]').textContent = 'This page cannot be shown: the file is gone, or was changed since it was indexed.';
}, true);

// Who reads pages goes on reading pages.
let printed = false;
element.addEventListener('toggle', (event) => { if (event.target.matches('.drawn')) printed = event.target.open; }, true);

watch('value', () => {
  const drawn = element.querySelector('.drawn');
  if (drawn) { ends(drawn); drawn.open = printed; }
  window.footnote.arrive();
  if (judged) element.querySelector(`[data-says="${judged}"]`)?.focus({ preventScroll: true });
  judged = '';
});
