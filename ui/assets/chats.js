const drawer = element.closest('#chats');
drawer.setAttribute('role', 'dialog');
drawer.setAttribute('aria-labelledby', 'chats-title');
const search = element.querySelector('input[type=search]');
const find = () => trigger('find', { query: search.value });
let waiting = 0;
search.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(find, 200); });
element.querySelector('[data-close]').addEventListener('click', () => window.footnote.drawer('chats', false));
element.querySelector('input[type=file]').addEventListener('change', async (event) => {
  const [file] = event.target.files;
  if (file) trigger('take', { text: await file.text() });
  event.target.value = '';
});
drawer.addEventListener('footnote-open', find);
