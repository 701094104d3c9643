// The buttons of the viewer: what they are called, look like, and which key does the same.
const ICONS = {
  in: '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4M8 11h6M11 8v6"/>',
  out: '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4M8 11h6"/>',
  fit: '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
  turn: '<path d="M20 12a8 8 0 1 1-2.6-5.9M20 3v5h-5"/>',
  draw: '<rect x="4" y="6" width="16" height="12" stroke-dasharray="4 3"/>',
  back: '<path d="m15 5-7 7 7 7"/>',
  next: '<path d="m9 5 7 7-7 7"/>',
  swap: '<path d="M4 9h14M14 5l4 4-4 4M20 15H6M10 19l-4-4 4-4"/>',
  flip: '<rect x="4" y="8" width="12" height="12" rx="2"/><path d="M8 4h10a2 2 0 0 1 2 2v10"/>',
  play: '<path d="M8 5v14l11-7z"/>',
  pause: '<path d="M9 5v14M15 5v14"/>',
  remove: '<path d="m6 6 12 12M18 6 6 18"/>',
}
export const MODES = [
  ['side-by-side', 'Side by side', 'Both pictures next to each other', '1'],
  ['blink', 'Blink', 'One after the other in the same place', '2'],
  ['slider', 'Slider', 'One over the other, with a divider to drag', '3'],
  ['difference', 'Difference', 'What differs, as a heat map over the picture', '4'],
]

export function paint(b, icon) {
  b.querySelector('svg')?.remove()
  b.insertAdjacentHTML('afterbegin', `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[icon]}</svg>`)   // constants only
}
export function group(name, label) {
  const e = document.createElement('div')
  e.className = name
  e.setAttribute('role', 'group')
  e.setAttribute('aria-label', label)
  return e
}
// ``label`` is what it does, ``words`` what stands on it; ``key`` does the same from the keyboard.
export function button(icon, label, words = '', key = '') {
  const b = document.createElement('button')
  b.type = 'button'
  name(b, label, key)
  if (ICONS[icon]) paint(b, icon)
  if (words) { const s = document.createElement('span'); s.textContent = words; if (ICONS[icon]) s.className = 'words'; b.append(s) }
  return b
}
export function name(b, label, key = '') {
  b.title = key ? `${label} (${key.toUpperCase()})` : label
  b.setAttribute('aria-label', label)
  if (key) b.setAttribute('aria-keyshortcuts', key.toUpperCase())
}

// The row that every viewer has. ``v`` is the Viewer; what it has to change later is set on it.
export function tools(v) {
  const bar = group('bar', 'Picture tools')
  const add = (icon, label, words, act, key = '', place = bar) => {
    const b = button(icon, label, words, key)
    b.addEventListener('click', act)
    place.append(b)
    return b
  }
  add('in', 'Zoom in', '', () => v.lead(p => p.zoom(1.5)), '+')
  add('out', 'Zoom out', '', () => v.lead(p => p.zoom(1 / 1.5)), '-')
  add('fit', 'Fit the whole picture', 'Fit', () => v.lead(p => p.fit()), '0')
  add('', 'Show at 100 %', '100 %', () => v.lead(p => p.actual()))
  add('turn', 'Turn for viewing', '', () => v.turn())
  v.pen = add('draw', 'Draw a region', 'Region', () => v.draw(!v.drawing))
  v.pen.setAttribute('aria-pressed', 'false')
  v.pages = document.createElement('span')
  v.pages.className = 'pages'
  bar.append(v.pages)
  v.back = add('back', 'Previous picture', '', () => v.turnTo(v.index - 1), '', v.pages)
  v.count = document.createElement('span')
  v.count.className = 'count'
  v.count.setAttribute('aria-live', 'polite')
  v.pages.append(v.count)
  v.next = add('next', 'Next picture', '', () => v.turnTo(v.index + 1), '', v.pages)
  return bar
}

// Her own regions, one by one, each to be shown or deleted.
export function regions(row, boxes, show, remove) {
  const all = JSON.stringify(boxes)
  if (row.dataset.all === all) return false
  row.dataset.all = all
  const active = row.getRootNode().activeElement
  const had = row.contains(active) ? active : null
  row.hidden = !boxes.length
  row.replaceChildren(...boxes.map(b => {
    const chip = document.createElement('span'), look = document.createElement('button'), drop = button('remove', `Delete ${b.words}`)
    chip.className = 'chip'
    look.type = 'button'
    look.textContent = b.words
    look.title = `Show ${b.words}`
    look.dataset.key = `show ${b.id}`
    look.setAttribute('aria-pressed', String(b.lit))
    look.addEventListener('click', () => show(b.id))
    drop.dataset.key = `delete ${b.id}`
    drop.addEventListener('click', () => remove(b.id))
    chip.append(look, drop)
    return chip
  }))
  if (had) (row.querySelector(`[data-key="${CSS.escape(had.dataset.key)}"]`) ?? row.querySelector('button'))?.focus()
  return Boolean(had) && !boxes.length             // the last one is gone, and the focus with it
}
