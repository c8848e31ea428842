// The keys of the review; each stands on its button or in the line above the fields. Runs once, when the page is there.
() => {
  const find = (id) => document.getElementById(id);
  const where = find('where'), single = find('keys').querySelector('input');
  const KEYS = { a: 'accept', r: 'reject', j: 'next', k: 'previous' };
  const BUTTONS = Object.values(KEYS);
  const number = () => where.querySelector('[data-number]')?.dataset.number ?? '';
  let busy = false, at = number();

  where.tabIndex = -1;
  where.setAttribute('role', 'status');
  where.setAttribute('aria-label', 'Where you are');
  for (const [key, name] of Object.entries(KEYS)) find(name).setAttribute('aria-keyshortcuts', key);
  find('accept').setAttribute('aria-keyshortcuts', 'a Control+Enter');
  find('question').querySelector('textarea').setAttribute('aria-keyshortcuts', 'e');
  if (localStorage.getItem('review-keys') === 'off') single.click(); // a click, so that gradio knows of it, too
  single.addEventListener('change', () => localStorage.setItem('review-keys', single.checked ? 'on' : 'off'));

  // A second decision before the next proposal is there would be one on a proposal that nobody has read.
  document.addEventListener('click', (event) => {
    if (!BUTTONS.includes(event.target.closest('button')?.id)) return;
    if (busy) event.stopImmediatePropagation();
    busy = true;
  }, true);

  document.addEventListener('keydown', (event) => {
    const field = event.target.matches('textarea, input:not([type=checkbox])');
    if (event.repeat || event.isComposing) return;
    if (field && event.key === 'Escape') where.focus();
    else if (field && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) find('accept').click();
    else if (!field && single.checked && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const key = event.key.toLowerCase();
      if (key === 'e') find('question').querySelector('textarea').focus();
      else if (KEYS[key]) find(KEYS[key]).click();
      else return;
    } else return;
    event.preventDefault();
  }, true);

  window.review = {
    // Behind each answer of the server: a reload stays at this proposal, and who reads by ear hears which one it is.
    shown() {
      busy = false;
      if (number() === at) return;
      at = number();
      history.replaceState(null, '', at ? `?at=${at}` : location.pathname);
      where.focus();
    },
  };
}
