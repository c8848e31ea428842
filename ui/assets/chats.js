const drawer = element.closest('#chats');
drawer.setAttribute('role', 'dialog');
drawer.setAttribute('aria-labelledby', 'chats-title');
const search = element.querySelector('input[type=search]');
const told = element.querySelector('[role=status]');
const tell = (text) => { told.hidden = !text; told.textContent = text; };
const find = () => trigger('find', { query: search.value });
let waiting = 0;
search.addEventListener('input', () => { tell(''); clearTimeout(waiting); waiting = setTimeout(find, 200); });
element.querySelector('[data-close]').addEventListener('click', () => window.footnote.drawer('chats', false));
element.querySelector('input[type=file]').addEventListener('change', (event) => {
  const [file] = event.target.files;
  if (file) take(file);
});

// A file comes by a request of its own, as documents do: an event may not be that large.
async function take(file) {
  tell(`“${file.name}” is being read …`);
  let problem = '';
  try {
    const answer = await fetch(`./import?name=${encodeURIComponent(file.name)}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: file });
    const said = await answer.text();
    try { problem = JSON.parse(said).problem ?? ''; } catch { problem = said; /* the door answers in plain text */ }
  } catch {
    problem = 'It did not arrive: the connection was lost, or the file was changed meanwhile.';
  }
  element.querySelector('input[type=file]').value = '';
  tell(problem ? `“${file.name}” was not imported. ${problem}` : `“${file.name}” was imported.`);
  if (problem) return;
  search.value = '';
  find();
}

drawer.addEventListener('footnote-open', () => { tell(''); find(); });
