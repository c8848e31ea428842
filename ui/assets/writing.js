element.addEventListener('click', (event) => {
  const wish = event.target.closest('button')?.dataset;
  if (wish?.fetch) trigger('fetch', { name: wish.fetch });
});
