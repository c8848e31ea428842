const ask = (question, rewrite) => trigger('again', { question, rewrite });
const address = (data) => ({ turn: Number(data.turn), kind: data.kind, number: Number(data.number) });

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if (wish.kind) { if (!window.footnote.open(button)) trigger('cite', address(wish)); }
  else if (wish.verdict) trigger('rate', { turn: Number(wish.turn), verdict: wish.verdict });
  else if (wish.example) ask(wish.example, true);
  else if (wish.again === 'typed') ask(wish.question, false);
  else if (wish.again === 'edited') ask(button.parentElement.querySelector('input').value, false);
});

element.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('.change input')) return;
  event.preventDefault();
  ask(event.target.value, false);
});

window.footnote.chosenTheme();

let turns = 0;
watch('value', () => {
  const all = element.querySelectorAll('.turn');
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: 'start', behavior: window.footnote.motion() });
  turns = all.length;
  window.footnote.remark();
});
