// Packets of pieces. Each piece replaces its like in the conversation and touches nothing else.
const BUSY = '.waiting, .queued, .searching, .writing';
const ORDER = ['question', 'searched', 'short', 'text', 'status', 'conflicts', 'notes', 'foot', 'next'];
let packet = '';
let done = 0;

function turn(log, number) {
  const known = document.getElementById(`turn-${number}`);
  if (known) return [known, false];
  const made = document.createElement('article');
  made.id = `turn-${number}`;
  made.className = 'turn';
  made.setAttribute('aria-label', `Question ${number + 1}`);
  log.querySelector('.welcome')?.remove();
  log.append(made);
  return [made, true];
}

function place(article, name) {
  const known = article.querySelector(`[data-piece="${name}"]`);
  if (known) return known;
  const inner = name.includes('/');
  const made = document.createElement(inner ? 'span' : 'div');
  made.dataset.piece = name;
  if (inner) place(article, name.split('/')[0]).append(made);
  else {
    if (name === 'text') made.className = 'text';
    const later = [...article.children].find((child) => ORDER.indexOf(child.dataset.piece) > ORDER.indexOf(name));
    article.insertBefore(made, later ?? null);
  }
  return made;
}

function put(log, piece) {
  const name = piece.dataset.piece;
  const template = document.createElement('template');
  template.innerHTML = piece.textContent;
  if (name === 'welcome') {
    log.replaceChildren(template.content);
    if (log.querySelector('[data-begin]')) trigger('begin', {}); // they take a moment, and the page is there before them
    return null;
  }
  if (name === 'begin') { log.querySelector('[data-begin]')?.replaceChildren(template.content); return null; }
  const [article, made] = turn(log, Number(piece.dataset.turn));
  if (name === 'phase') article.className = `turn ${template.content.textContent}`;
  else if (name === 'evidence') article.querySelector('[data-evidence]')?.append(template.content);
  else place(article, name).replaceChildren(template.content);
  return made ? article : null;
}

function apply() {
  const log = document.getElementById('log');
  const head = element.querySelector('[data-packet]');
  if (!log || !head) return;
  const anew = 'anew' in head.dataset;
  if ('unasked' in head.dataset && log.querySelector('.turn')) return;
  if (head.dataset.packet !== packet) {
    packet = head.dataset.packet;
    done = 0;
    if (anew) log.replaceChildren();
    if ((anew && !('unasked' in head.dataset)) || head.dataset.chat) window.footnote.address(head.dataset.chat);
  }
  let made = null;
  const pieces = element.querySelectorAll('[data-piece]');
  for (; done < pieces.length; done += 1) made = put(log, pieces[done]) ?? made;
  const last = log.querySelector('.turn:last-of-type');
  log.setAttribute('aria-busy', String(Boolean(last?.matches(BUSY))));
  // The new question goes to the top of the view; from then on the reader is never moved.
  if (made) window.footnote.newest(anew ? 'auto' : undefined);
  if (made && !anew) window.footnote.asked();
  if (!last?.matches(BUSY)) window.footnote.free();
  window.footnote.remark();
}

apply();
watch('value', apply);
addEventListener('hashchange', () => { if (window.footnote.moved()) location.reload(); });
