// Bytes that the server takes of a file, written as JSON text.
const LARGEST = 998_000;
const drawer = element.closest('#chats');
drawer.setAttribute('role', 'dialog');
drawer.setAttribute('aria-labelledby', 'chats-title');
const search = element.querySelector('input[type=search]');
const told = element.querySelector('[role=status]');
const find = () => { told.hidden = true; trigger('find', { query: search.value }); };
let waiting = 0;
search.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(find, 200); });
element.querySelector('[data-close]').addEventListener('click', () => window.footnote.drawer('chats', false));
element.querySelector('input[type=file]').addEventListener('change', (event) => {
  const [file] = event.target.files;
  if (file) take(file);
  event.target.value = '';
});

async function take(file) {
  const text = file.size > LARGEST ? null : await file.text();
  const large = text === null || new TextEncoder().encode(JSON.stringify(text)).length > LARGEST;
  told.hidden = !large;
  told.textContent = large ? `“${file.name}” is larger than the ${LARGEST.toLocaleString('en')} bytes that can be imported; it can still be read by itself.` : '';
  if (!large) trigger('take', { text });
}

drawer.addEventListener('footnote-open', find);
