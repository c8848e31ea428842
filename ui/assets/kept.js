element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const wish = button.dataset;
  if (wish.pick) { window.footnote.drawer('chats', false); window.footnote.close(); trigger('pick', { chat: wish.pick }); }
  else if (wish.drop) trigger('drop', { chat: wish.drop });
  else if (wish.back) trigger('back', { chat: wish.back });
  else if (wish.rename) rename(button, wish.rename, wish.title);
});

function rename(button, chat, title) {
  const input = Object.assign(document.createElement('input'), { value: title, maxLength: 80 });
  input.setAttribute('aria-label', `New name of ${title}`);
  button.closest('li').querySelector('.pick').replaceWith(input);
  input.focus();
  input.select();
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && input.value.trim()) trigger('rename', { chat, title: input.value });
  });
}

window.footnote.draft();
