const panel = element.closest('#source');
panel.setAttribute('role', 'complementary');
panel.setAttribute('aria-label', 'Source');

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if ('close' in wish) window.footnote.close();
  else if (wish.copy) window.footnote.copy(wish.copy, element.querySelector('.said'));
  else if (wish.kind) trigger('whole', { turn: Number(wish.turn), kind: wish.kind, number: Number(wish.number), whole: wish.whole === '1' });
});

watch('value', () => window.footnote.arrive());
