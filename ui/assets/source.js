const panel = element.closest('#source');
panel.setAttribute('role', 'complementary');
panel.setAttribute('aria-label', 'Source');

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if ('close' in wish) window.footnote.close();
  else if (wish.step) window.footnote.step(Number(wish.step));
  else if (wish.copy) window.footnote.copy(wish.copy, element.querySelector('.said'));
  else if (wish.kind) trigger('whole', { turn: Number(wish.turn), kind: wish.kind, number: Number(wish.number), whole: wish.whole === '1' });
});

// Previous and next citation also by [ and ], wherever the focus is in the panel.
element.addEventListener('keydown', (event) => {
  if (event.key === '[' || event.key === ']') window.footnote.step(event.key === '[' ? -1 : 1);
});

watch('value', () => window.footnote.arrive());
