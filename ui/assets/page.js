// What the parts of the page share: the source panel and the way back to its mark, the drawer, light and dark, saving.
window.footnote = (() => {
  const body = () => document.body;
  const find = (selector) => document.querySelector(selector);
  let origin = null; // selector of the mark that opened the panel

  const same = (data) => `[data-turn="${data.turn}"][data-kind="${data.kind}"][data-number="${data.number}"]`;
  const motion = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth');

  // The transcript is rendered anew while an answer comes in, so the open mark is found by its address.
  function remark() {
    document.querySelectorAll('#transcript [aria-current]').forEach((mark) => mark.removeAttribute('aria-current'));
    if (origin && body().classList.contains('reading')) {
      document.querySelectorAll(`#transcript button${origin}`).forEach((mark) => mark.setAttribute('aria-current', 'true'));
    }
  }

  // Opens the panel for a mark; true when it already shows that place.
  function open(button) {
    origin = same(button.dataset);
    body().classList.add('reading');
    remark();
    const shown = find(`#source footer${same(button.dataset)}`);
    if (shown) arrive();
    return Boolean(shown);
  }

  // The panel for something that no mark points to.
  function show() {
    if (drawn()) drawer(drawn(), false);
    origin = null;
    body().classList.add('reading');
    remark();
  }

  const part = (wish) => ({ id: wish.read, start: Number(wish.start ?? 0), end: Number(wish.end ?? 0), whole: wish.whole === '1' });

  function arrive() {
    const cited = find('#cited');
    if (!cited || !body().classList.contains('reading')) return;
    const page = find('#source .page');
    // On a phone the panel covers the lower part of the conversation: bring the sentence above it.
    if (matchMedia('(max-width: 60rem)').matches) find(`#transcript button${origin}`)?.closest('.sentence, li, .side, p')?.scrollIntoView({ block: 'start' });
    if (page && !page.contains(cited)) page.scrollTop = 0;
    else if (page) page.scrollTop += cited.getBoundingClientRect().top - page.getBoundingClientRect().top - page.clientHeight / 4;
    cited.scrollIntoView({ block: 'nearest' }); // where the panel itself has to scroll, enlarged in a low window
    cited.focus({ preventScroll: true });
  }

  function close() {
    if (!body().classList.contains('reading')) return;
    body().classList.remove('reading');
    remark();
    const mark = origin && find(`#transcript button${origin}`);
    if (mark) mark.focus();
  }

  // The drawers are dialogs over the page: one at a time, and the focus goes in and comes back.
  function drawer(name, wanted = !body().classList.contains(`with-${name}`)) {
    for (const button of document.querySelectorAll('[data-drawer]')) {
      const open = wanted && button.dataset.drawer === name;
      body().classList.toggle(`with-${button.dataset.drawer}`, open);
      button.setAttribute('aria-expanded', String(open));
    }
    if (wanted) {
      find(`#${name}`).dispatchEvent(new Event('footnote-open'));
      find(`#${name}-title`).focus();
    } else find(`[data-drawer=${name}]`).focus();
  }

  const drawn = () => ['chats', 'library'].find((name) => body().classList.contains(`with-${name}`));

  function theme() {
    const dark = body().classList.toggle('dark');
    try { localStorage.setItem('footnote-theme', dark ? 'dark' : 'light'); } catch { /* private windows keep nothing */ }
  }

  // The page follows the system until the reader has chosen.
  function chosenTheme() {
    let chosen = null;
    try { chosen = localStorage.getItem('footnote-theme'); } catch { /* as above */ }
    if (chosen) body().classList.toggle('dark', chosen === 'dark');
  }

  async function copy(text, said) {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = 'Copied.';
    } catch {
      said.textContent = 'The browser did not allow copying: select the words instead.';
    }
  }

  function save(text) {
    if (!text) return;
    const [kind, suffix] = /^[[{]/.test(text) ? ['application/json', 'json'] : text.startsWith('<!doctype') ? ['text/html', 'html'] : ['text/markdown', 'md'];
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = `conversation.${suffix}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = find('.menu[open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary').focus();
    } else if (drawn()) drawer(drawn(), false);
    else close();
  });

  document.addEventListener('click', (event) => {
    const menu = find('.menu[open]');
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  // The conversation that the page shows stands in its address, so that a reload finds it again.
  const chat = () => new URLSearchParams(location.hash.slice(1)).get('c') ?? '';
  let shown = '';
  function address(name) {
    shown = name;
    if (name !== chat()) history.replaceState(null, '', name ? `#c=${name}` : location.pathname);
  }
  const moved = () => chat() !== shown;

  function newest(behavior = motion()) {
    find('#log .turn:last-of-type')?.scrollIntoView({ block: 'start', behavior });
    watchNewest();
  }

  let watched = null;
  function watchNewest() {
    const last = find('#log .turn:last-of-type');
    const view = find('#transcript');
    if (!last || last === watched?.turn) return;
    watched?.observer.disconnect();
    const observer = new IntersectionObserver(([entry]) => { find('#newest').hidden = entry.isIntersecting || !last.isConnected; }, { root: view });
    observer.observe(last);
    watched = { turn: last, observer };
  }

  // Puts words into a box as if they had been typed.
  function type(box, text) {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), 'value').set.call(box, text);
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }
  function write(text) {
    const box = find('#question textarea');
    type(box, text);
    box.focus();
  }

  // Why a question is not taken has to be seen, also where the page is so enlarged that the box is below it.
  function tell(line) {
    line.hidden = false;
    line.scrollIntoView({ block: 'nearest' });
  }

  // One question at a time: what is asked during an answer stays where it is, and that is told at once.
  function busy() {
    const writing = Boolean(find('#log[aria-busy=true]'));
    if (writing) tell(find('#wait'));
    return writing;
  }
  function free() {
    if (find('#wait')) find('#wait').hidden = true;
  }

  // The citation before or after the open one, in the order of the answers.
  function step(by) {
    const marks = [...document.querySelectorAll('#log .text .mark')];
    const here = origin ? marks.findIndex((mark) => mark.matches(origin)) : -1;
    const next = marks[here < 0 ? 0 : here + by];
    if (next) next.click();
  }

  // "Ask only these": the chosen documents go with each question until they are let go.
  function only(ids, total) {
    type(find('#only :is(textarea, input)'), ids.join(' '));
    find('#chosen').hidden = !ids.length;
    find('#chosen span').textContent = `Asking ${ids.length} of ${total} documents.`;
  }

  function answerText(article, withNotes) {
    const short = article.querySelector('.short')?.textContent;
    let sentences = '';
    let apart = false; // a listing stands on lines of its own
    for (const sentence of article.querySelectorAll('.sentence')) {
      const listing = sentence.matches('.listing');
      const marks = [...sentence.querySelectorAll('.mark')].map((mark) => `[${mark.dataset.number}]`).join('');
      if (sentences) sentences += listing || apart ? '\n\n' : ' ';
      sentences += sentence.querySelector('.words').textContent;
      if (withNotes && marks) sentences += `${listing ? '\n' : ' '}${marks}`;
      apart = listing;
    }
    if (!withNotes) return short ? `${short}\n\n${sentences}` : sentences;
    const notes = [...article.querySelectorAll('[data-note]')].map((note) => {
      const title = note.closest('.notes > li').querySelector('cite').textContent;
      const marks = note.dataset.note.split(' ').map((marker) => `[${marker}]`).join('');
      return `${marks} ${title}: “${note.querySelector('q').textContent}”`;
    });
    return [short, sentences, notes.join('\n')].filter(Boolean).join('\n\n');
  }

  async function copyAnswer(article, withNotes, tell) {
    try {
      await navigator.clipboard.writeText(answerText(article, withNotes));
      tell('Copied.');
    } catch {
      tell('The browser did not allow copying: select the words instead.');
    }
  }

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowUp' || !event.target.matches?.('#question textarea') || event.target.value) return;
    const last = [...document.querySelectorAll('#log [data-edit]')].at(-1);
    if (!last) return;
    event.preventDefault();
    write(last.dataset.edit);
  });

  // A server that is gone is asked for again; the page then comes back where it was, with what was typed.
  const DRAFT = 'footnote-draft';
  let lost = false;
  async function alive() {
    if (document.hidden) return;
    try {
      const answer = await fetch('./gradio_api/startup-events', { cache: 'no-store' });
      if (answer.status === 401 || lost) location.reload(); // through the sign-in, if need be, back to this address
      else find('#library')?.dispatchEvent(new Event('footnote-alive'));
    } catch {
      lost = true;
      find('#lost').hidden = false;
    }
  }
  setInterval(alive, 4000);
  document.addEventListener('visibilitychange', alive);
  // It is kept with whose it is: who signs in next, where a session merely ended, is not shown another's words.
  let whose = null;
  function keep(text) {
    try { sessionStorage.setItem(DRAFT, JSON.stringify([whose, text])); } catch { /* as for the theme */ }
  }
  document.addEventListener('input', (event) => { if (event.target.matches('#question textarea')) keep(event.target.value); });
  // Who signs out leaves nothing in the box for who comes next.
  document.addEventListener('submit', () => { try { sessionStorage.removeItem(DRAFT); } catch { /* as for the theme */ } });
  function draft(who) {
    if (!who) return; // the page could not say, and will be loaded again
    let [owner, kept] = [who, ''];
    try { [owner, kept] = JSON.parse(sessionStorage.getItem(DRAFT)) ?? [who, '']; } catch { /* as for the theme */ }
    whose = who;
    const box = find('#question textarea');
    if (!box) setTimeout(draft, 100, who); // the parts of the page arrive one by one
    else if (kept && !box.value && owner === who) write(kept);
    else keep(box.value);
  }
  // What was sent leaves the box when it stands on the page; what was typed since, or before a click on a question, stays.
  let sent = null;
  function asked() {
    const box = find('#question textarea');
    if (sent !== null && box.value === sent) type(box, '');
    sent = null;
  }
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.target.matches?.('#question textarea')) return;
    if (!busy()) { sent = event.target.value; return; }
    event.preventDefault();
    event.stopPropagation();
  }, true);
  document.addEventListener('click', (event) => {
    if (event.target.closest('#ask')) sent = find('#question textarea').value;
    else if (event.target.closest('#transcript button')) sent = null;
  }, true);

  return { open, arrive, close, remark, drawer, theme, chosenTheme, copy, save, motion, chat, address, moved, newest, write, copyAnswer, draft, asked, busy, free, tell, step, only, show, part };
})();
