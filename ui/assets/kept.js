let acted = null; // the conversation that was renamed, deleted or brought back last, and its place in the list
const search = document.querySelector('#finder input[type=search]');
const rows = () => [...element.querySelectorAll('li[data-chat]')];

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if (wish.pick) { window.footnote.drawer('chats', false); window.footnote.close(); trigger('pick', { chat: wish.pick }); }
  else if (wish.drop) act('drop', button, { chat: wish.drop });
  else if (wish.back) act('back', button, { chat: wish.back });
  else if (wish.rename) rename(button, wish.rename, wish.title);
});

function act(name, from, data) {
  acted = { chat: data.chat, place: rows().indexOf(from.closest('li')) };
  trigger(name, { ...data, query: search.value });
}

function rename(button, chat, title) {
  const shown = button.closest('li').querySelector('.pick');
  if (!shown) { button.closest('li').querySelector('input').focus(); return; }
  const input = Object.assign(document.createElement('input'), { value: title, maxLength: 80 });
  input.setAttribute('aria-label', `New name of ${title}`);
  shown.replaceWith(input);
  input.focus();
  input.select();
  input.addEventListener('keydown', (event) => {
    const named = event.key === 'Enter' && input.value.trim();
    if (!named && event.key !== 'Escape') return;
    event.stopPropagation(); // the drawer stays open
    event.preventDefault(); // and Enter is no click on the button that gets the focus
    input.replaceWith(shown);
    shown.focus();
    if (named) act('rename', shown, { chat, title: input.value });
  });
}

// The list is rendered anew, and the focus would be lost with the button that had it: it goes to the same conversation,
// to the one that took its place, to "Undo" where there is none, and to the heading where there is nothing.
let sought = '';
watch('value', () => {
  // Searches run side by side: where a list comes that is not for the words in the box, these are searched once more.
  const words = element.querySelector('[data-query]')?.dataset.query;
  if (words !== undefined && words !== search.value && sought !== search.value) search.dispatchEvent(new Event('input'));
  sought = search.value;
  if (!acted || document.activeElement !== document.body) return;
  const row = rows().find((each) => each.dataset.chat === acted.chat) ?? rows()[Math.min(acted.place, rows().length - 1)];
  (row?.querySelector('.pick') ?? element.querySelector('[data-back]') ?? document.querySelector('#chats-title')).focus();
  acted = null;
});
