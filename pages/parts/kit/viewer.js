// The picture viewer: OpenSeadragon in one component that is updated in place, never rebuilt.
// In: {pictures, front, boxes, highlight, reveal, mode, drawing, height, library}. Out: picked = box id, drawn = {picture, box}.
// All boxes are in upright original pixels; what is shown may be a smaller copy of the picture.
import { Pane } from './viewer-pane.js'

let library                                   // UMD: gives no export, so it is loaded once as a classic script
function openseadragon(url) {
  library ??= new Promise((done, failed) => {
    if (window.OpenSeadragon) return done(window.OpenSeadragon)
    const tag = document.createElement('script')
    tag.src = new URL(url, document.baseURI).href
    tag.onload = () => done(window.OpenSeadragon)
    tag.onerror = () => { tag.remove(); library = undefined; failed(new Error('library')) }
    document.head.append(tag)
  })
  return library
}

const ICONS = {
  in: '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4M8 11h6M11 8v6"/>',
  out: '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4M8 11h6"/>',
  fit: '<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>',
  turn: '<path d="M20 12a8 8 0 1 1-2.6-5.9M20 3v5h-5"/>',
  draw: '<rect x="4" y="6" width="16" height="12" stroke-dasharray="4 3"/>',
  back: '<path d="m15 5-7 7 7 7"/>',
  next: '<path d="m9 5 7 7-7 7"/>',
}
function button(name, label, words = '') {
  const b = document.createElement('button')
  b.type = 'button'
  b.title = label
  b.setAttribute('aria-label', label)
  if (ICONS[name]) b.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`   // constants only
  if (words) { const s = document.createElement('span'); s.textContent = words; if (ICONS[name]) s.className = 'words'; b.append(s) }
  return b
}

class Viewer {
  constructor(root) {
    this.root = root
    this.index = 0
    this.turned = 0
    this.panes = []
    this.bar = document.createElement('div')
    this.bar.className = 'bar'
    this.bar.setAttribute('role', 'group')
    this.bar.setAttribute('aria-label', 'Picture tools')
    this.area = document.createElement('div')
    this.area.className = 'panes'
    this.hint = document.createElement('div')
    this.hint.className = 'hint'
    this.hint.setAttribute('role', 'status')
    this.tools()
    root.replaceChildren(this.bar, this.area, this.hint)
  }

  tools() {
    const add = (key, label, words, act, place = this.bar) => {
      const b = button(key, label, words)
      b.addEventListener('click', act)
      place.append(b)
      return b
    }
    add('in', 'Zoom in', '', () => this.lead(p => p.zoom(1.5)))
    add('out', 'Zoom out', '', () => this.lead(p => p.zoom(1 / 1.5)))
    add('fit', 'Fit the whole picture', 'Fit', () => this.lead(p => p.fit()))
    add('', 'Show at 100 %', '100 %', () => this.lead(p => p.actual()))
    add('turn', 'Turn for viewing', '', () => this.turn())
    this.pen = add('draw', 'Draw a region', 'Region', () => this.draw(!this.drawing))
    this.pen.setAttribute('aria-pressed', 'false')
    this.pages = document.createElement('span')
    this.pages.className = 'pages'
    this.bar.append(this.pages)
    this.back = add('back', 'Previous picture', '', () => this.show(this.index - 1), this.pages)
    this.count = document.createElement('span')
    this.count.className = 'count'
    this.count.setAttribute('aria-live', 'polite')
    this.pages.append(this.count)
    this.next = add('next', 'Next picture', '', () => this.show(this.index + 1), this.pages)
  }

  lead(act) { const p = this.panes[0]; if (p?.ready) { this.leader = p; act(p) } }
  turn() { this.turned = (this.turned + 90) % 360; for (const p of this.panes) p.turn(this.turned) }
  draw(on) {
    this.drawing = on
    this.pen.setAttribute('aria-pressed', String(on))
    this.root.classList.toggle('drawing', on)
    this.hint.textContent = on ? 'Drag over the picture to mark a region. Escape ends drawing.' : ''
  }

  async update(c) {
    this.c = c
    const d = c.data
    const before = this.d
    this.d = d
    this.root.style.setProperty('--h', `${d.height}px`)
    const called = before !== undefined && d.reveal !== before.reveal
    if (called) this.comeIntoSight()
    this.pen.hidden = !d.drawing
    let osd
    try { osd = await openseadragon(d.library) } catch { this.fail(); return }
    if (this.gone || this.d !== d) return
    const two = d.mode === 'side-by-side'
    const wanted = two ? 2 : 1
    while (this.panes.length > wanted) this.panes.pop().destroy()
    while (this.panes.length < wanted) this.panes.push(new Pane(this, osd))
    if (two && this.panes[1].element.parentNode !== this.area) this.area.append(this.panes[1].element)
    this.area.classList.toggle('two', two)
    const lit = d.highlight && d.boxes.find(b => b.id === d.highlight)
    const moved = called || d.highlight !== before?.highlight
    if (d.front && d.front !== before?.front && !two) this.index = Math.max(0, d.pictures.findIndex(p => p.id === d.front))
    if (lit && moved && !two) this.index = Math.max(0, d.pictures.findIndex(p => p.id === lit.picture))
    if (JSON.stringify(d.boxes) !== JSON.stringify(before?.boxes)) for (const p of this.panes) p.draft = null
    this.render(moved ? lit : null)
  }

  render(goTo) {
    const { pictures, mode } = this.d
    const two = mode === 'side-by-side'
    this.index = Math.min(Math.max(0, this.index), Math.max(0, pictures.length - 1))
    this.panes.forEach((pane, n) => pane.show(pictures[two ? n : this.index] ?? null, two ? 'AB'[n] : '', goTo))
    const many = !two && pictures.length > 1
    this.pages.hidden = !many
    this.back.disabled = this.index === 0
    this.next.disabled = this.index >= pictures.length - 1
    this.count.textContent = many ? `${this.index + 1} of ${pictures.length}` : ''
  }

  show(n) {
    const had = this.next === this.root.getRootNode().activeElement ? this.back : this.next
    this.index = n
    this.render(null)
    if (this.root.getRootNode().activeElement?.disabled || this.root.getRootNode().activeElement === null) had.focus()
  }

  fail() {
    const text = document.createElement('p')
    text.textContent = 'The viewer could not be loaded. Reload the page.'
    this.area.replaceChildren(text)
  }

  // On a phone the button that was pressed is below the viewer: what it shows must not stay above the window.
  comeIntoSight() {
    const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'
    this.root.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior })
  }

  boxesOf(picture) { return picture ? this.d.boxes.filter(b => b.picture === picture.id) : [] }
  picked(id) { this.c.setTriggerValue('picked', id) }
  drawn(picture, box) { this.c.setTriggerValue('drawn', { picture, box }) }

  // Only the pane under the hand leads; the other is set to the same place at once, without an event back.
  moved(pane) {
    if (this.panes.length < 2 || pane !== (this.leader ?? this.panes[0])) return
    for (const other of this.panes) if (other !== pane && other.ready) other.follow(pane)
  }

  homeHeight() { return Math.max(...this.panes.filter(p => p.ready).map(p => p.ratio())) }
  destroy() { this.gone = true; for (const p of this.panes) p.destroy() }
}

const live = new WeakMap()
export default function (c) {
  const root = c.parentElement.querySelector('.root')
  let viewer = live.get(c.parentElement)
  if (!viewer) live.set(c.parentElement, viewer = new Viewer(root))
  viewer.update(c)
  return () => { viewer.destroy(); live.delete(c.parentElement) }
}
