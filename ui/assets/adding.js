// Uploads: one request for each file, with its progress and its reason, then one event that indexes what arrived.
const list = element.querySelector('#sending');
element.querySelector('[data-close]').addEventListener('click', () => window.footnote.drawer('library', false));
element.querySelectorAll('input[type=file]').forEach((input) => {
  input.addEventListener('change', () => { send([...input.files]); input.value = ''; });
});

function row(name) {
  const item = document.createElement('li');
  const bar = document.createElement('progress');
  const said = document.createElement('span');
  item.append(Object.assign(document.createElement('cite'), { textContent: name }), bar, said);
  list.append(item);
  return (text, share) => {
    said.textContent = text;
    if (share === undefined) bar.remove(); else { bar.value = share; bar.setAttribute('aria-label', `${name}: ${text}`); }
  };
}

function put(file, tell) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', `./upload?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = (step) => step.lengthComputable && tell(`${Math.round(100 * step.loaded / step.total)} %`, step.loaded / step.total);
    request.onload = () => {
      let problem = request.responseText;
      try { problem = JSON.parse(problem).problem ?? ''; } catch { /* the door answers in plain text */ }
      tell(request.status === 200 ? 'arrived' : problem || 'was not taken.');
      resolve(request.status === 200);
    };
    request.onerror = () => { tell('did not arrive: the connection was lost.'); resolve(false); };
    request.send(file);
  });
}

async function send(files) {
  if (!files.length) return;
  list.hidden = false;
  list.replaceChildren();
  let arrived = 0;
  for (const file of files) arrived += await put(file, row(file.name));
  if (arrived) trigger('sent');
}

// A dropped folder is walked; a browser gives its entries a hundred at a time.
async function walk(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const inner of some) found.push(...await walk(inner));
  }
}

const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
document.addEventListener('dragover', (event) => { if (carries(event)) { event.preventDefault(); document.body.classList.add('dropping'); } });
document.addEventListener('dragleave', (event) => { if (!event.relatedTarget) document.body.classList.remove('dropping'); });
document.addEventListener('drop', async (event) => {
  document.body.classList.remove('dropping');
  if (!carries(event)) return;
  event.preventDefault();
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  window.footnote.drawer('library', true);
  const files = [];
  for (const entry of entries) files.push(...await walk(entry));
  send(files);
});
