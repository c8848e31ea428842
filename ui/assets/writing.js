element.addEventListener('click', (event) => {
  const wish = event.target.closest('button')?.dataset;
  if (wish?.fetch) trigger('fetch', { name: wish.fetch });
});

watch('value', () => { const refusal = element.querySelector('[data-refusal]'); if (refusal) window.footnote.tell(refusal); });

// Why a question was not taken is told until the question is mended, and that another is being answered until it is.
const wait = Object.assign(document.createElement('p'), { id: 'wait', role: 'alert', hidden: true });
wait.textContent = 'One question at a time: wait for the answer or stop it first.';
element.before(wait);
document.addEventListener('input', (event) => {
  if (!event.target.matches('#question textarea')) return;
  element.querySelector('[data-refusal]')?.replaceChildren();
  window.footnote.free();
});
