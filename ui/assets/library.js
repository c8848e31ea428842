const drawer = element.closest('#library');
drawer.setAttribute('role', 'dialog');
drawer.setAttribute('aria-labelledby', 'library-title');

element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-remove]');
  if (!button) return;
  if (button.dataset.sure) { trigger('remove', { id: button.dataset.remove }); return; }
  button.dataset.sure = 'yes';
  button.textContent = 'Remove for good?';
  setTimeout(() => { delete button.dataset.sure; button.textContent = 'Remove'; }, 4000);
});
