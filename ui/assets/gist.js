// What tells most of a document, put into its row of the list.
watch('value', () => {
  const told = element.querySelector('[data-gist]');
  const row = told && document.querySelector(`#shelf [data-about="${CSS.escape(told.dataset.gist)}"]`);
  row?.querySelector('.status')?.replaceWith(...told.children);
});
