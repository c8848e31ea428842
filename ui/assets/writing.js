element.addEventListener('click', (event) => {
  const wish = event.target.closest('button')?.dataset;
  if (wish?.fetch) trigger('fetch', { name: wish.fetch });
});

// Why a question was not taken is told until the question is mended.
document.addEventListener('input', (event) => {
  if (event.target.matches('#question textarea')) element.querySelector('[data-refusal]')?.replaceChildren();
});
