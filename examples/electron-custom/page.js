// What one window notes down, the others show.

const note = document.querySelector('#note');
const shown = document.querySelector('#shown');

note.addEventListener('input', () => void window.pscAdapter.set('note', { text: note.value }));
document.querySelector('#clear').addEventListener('click', () => void window.pscAdapter.clear());

setInterval(() => {
  shown.textContent = window.pscAdapter.get('note')?.text ?? 'nothing yet';
}, 50);
