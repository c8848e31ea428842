element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if (wish.drawer) window.footnote.drawer(wish.drawer);
  else if ('theme' in wish) window.footnote.theme();
  else if ('fresh' in wish) { window.footnote.close(); trigger('fresh'); }
  else if (wish.save) { button.closest('details').open = false; trigger('save', { kind: wish.save }); }
});
