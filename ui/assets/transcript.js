// What can be done in the conversation: each button of an answer, the preview of a mark, the way to the newest turn.
const ask = (question, rewrite) => { if (!window.footnote.busy()) trigger('again', { question, rewrite }); };
const address = (data) => ({ turn: Number(data.turn), kind: data.kind, number: Number(data.number) });
const said = (button, text) => { const place = button.closest('.foot').querySelector('.acts .said'); if (place) place.textContent = text; };

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if (button.id === 'newest') window.footnote.newest();
  else if ('all' in wish) document.querySelector('#shelf').dispatchEvent(new Event('footnote-all'));
  else if (wish.kind) { if (!window.footnote.open(button)) trigger('cite', address(wish)); }
  else if (wish.verdict) trigger('rate', { turn: Number(wish.turn), verdict: wish.verdict });
  else if (wish.example) ask(wish.example, !button.closest('.next')); // what is suggested stands by itself, and was tried so
  else if (wish.retry) ask(wish.retry, true);
  else if (wish.edit) window.footnote.write(wish.edit);
  else if (wish.again === 'typed') ask(wish.question, false);
  else if (wish.again === 'edited') ask(button.parentElement.querySelector('input').value, false);
  else if (wish.copyAnswer) window.footnote.copyAnswer(button.closest('.turn'), wish.copyAnswer === 'notes', (text) => said(button, text));
});

element.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('.change input')) return;
  event.preventDefault();
  ask(event.target.value, false);
});

// "toggle" does not bubble; what a details holds is asked for when it is opened first.
element.addEventListener('toggle', (event) => {
  const asked = event.target.dataset.evidence;
  if (asked !== undefined && event.target.open && !event.target.querySelector('.evidence')) trigger('evidence', { turn: Number(asked) });
}, true);

const preview = element.querySelector('#preview');
function show(mark) {
  const note = mark.closest('.turn')?.querySelector(`[data-note~="${mark.dataset.number}"]`);
  if (!note || mark.closest('.notes')) return;
  const title = document.createElement('cite');
  title.textContent = note.closest('.notes > li').querySelector('cite').textContent;
  const words = document.createElement('p');
  words.append(...note.querySelector('div').cloneNode(true).childNodes);
  preview.replaceChildren(title, words);
  preview.hidden = false;
  const at = mark.getBoundingClientRect();
  const box = preview.getBoundingClientRect();
  preview.style.left = `${Math.max(8, Math.min(at.left - 12, innerWidth - box.width - 8))}px`;
  preview.style.top = `${at.top - box.height - 8 > 8 ? at.top - box.height - 8 : at.bottom + 8}px`;
  mark.setAttribute('aria-describedby', 'preview');
}
function hide() {
  preview.hidden = true;
  element.querySelectorAll('[aria-describedby=preview]').forEach((mark) => mark.removeAttribute('aria-describedby'));
}
const onMark = (event) => event.target.closest?.('.mark[data-kind=marker]');
element.addEventListener('mouseover', (event) => { const mark = onMark(event); if (mark) show(mark); });
element.addEventListener('mouseout', (event) => { if (onMark(event)) hide(); });
element.addEventListener('focusin', (event) => { const mark = onMark(event); if (mark && mark.matches(':focus-visible')) show(mark); });
element.addEventListener('focusout', hide);
element.addEventListener('click', hide, true);
element.closest('#transcript').addEventListener('scroll', hide, { passive: true });
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });

window.footnote.chosenTheme();

// What scrolls can be scrolled by keyboard, also while nothing in it takes the focus.
const view = element.closest('#transcript');
view.tabIndex = 0;
view.setAttribute('role', 'region');
view.setAttribute('aria-label', 'Questions and answers');
