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

  function arrive() {
    const cited = find('#cited');
    if (!cited || !body().classList.contains('reading')) return;
    const page = find('#source .page');
    // On a phone the panel covers the lower part of the conversation: bring the sentence above it.
    if (matchMedia('(max-width: 60rem)').matches) find(`#transcript button${origin}`)?.closest('.sentence, li, .side, p')?.scrollIntoView({ block: 'start' });
    if (page) page.scrollTop += cited.getBoundingClientRect().top - page.getBoundingClientRect().top - page.clientHeight / 4;
    cited.focus({ preventScroll: true });
  }

  function close() {
    if (!body().classList.contains('reading')) return;
    body().classList.remove('reading');
    remark();
    const mark = origin && find(`#transcript button${origin}`);
    if (mark) mark.focus();
  }

  function shelf(wanted) {
    const button = find('[data-shelf]');
    body().classList.toggle('shelving', wanted);
    button.setAttribute('aria-expanded', String(wanted));
    if (wanted) find('#library-title').focus();
    else button.focus();
  }

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
    const json = text.startsWith('[');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: json ? 'application/json' : 'text/markdown' }));
    link.download = json ? 'conversation.json' : 'conversation.md';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = find('.menu[open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary').focus();
    } else if (body().classList.contains('shelving')) shelf(false);
    else close();
  });

  document.addEventListener('click', (event) => {
    const menu = find('.menu[open]');
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  return { open, arrive, close, remark, shelf, theme, chosenTheme, copy, save, motion };
})();
