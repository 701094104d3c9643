// The picture viewer: OpenSeadragon in one component that is updated in place, never rebuilt. One picture, or two compared.
// In: {pictures, front, boxes, highlight, reveal, mode, letters, registration, heat, drawing, link, height, library}.
// Out: picked = box id, drawn = {picture, box}, removed = box id, mode = what she chose to compare by.
// All boxes are in upright original pixels; what is shown may be a smaller copy of the picture.
import { regions, tools } from './viewer-bar.js'
import { Pane, calm } from './viewer-pane.js'
import { Two } from './viewer-two.js'
import { Link } from './viewer-link.js'

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

const DRAWING = 'Drag over the picture to mark a region, or press Enter on it to set one by keyboard. Escape ends drawing.'
const div = name => { const e = document.createElement('div'); e.className = name; return e }
const family = id => id.includes(':') ? id.slice(0, id.lastIndexOf(':')) : null      // "r3:a" and "r3:b" are one place

class Viewer {
  constructor(root) {
    this.root = root
    this.index = 0
    this.turned = 0
    this.panes = []
    this.fitted = true                            // all of it is in sight, and stays so when the size changes
    this.pressed = null
    this.area = div('panes')
    this.hint = div('hint')
    this.hint.setAttribute('role', 'status')
    this.marks = div('regions')
    this.marks.setAttribute('role', 'group')
    this.marks.setAttribute('aria-label', 'Your regions')
    this.marks.hidden = true
    this.bar = tools(this)
    this.two = new Two(this)
    this.link = new Link(this)
    this.area.append(this.two.divider)
    this.keys = e => this.two.key(e)
    root.addEventListener('keydown', this.keys)
    const bars = div('bars')
    bars.append(this.two.element, this.bar)
    root.replaceChildren(bars, this.area, this.marks, this.hint)
    this.two.show()
  }

  lead(act) { const p = this.panes[0]; if (p?.ready) { this.leader = p; act(p) } }
  turn() { this.turned = (this.turned + 90) % 360; for (const p of this.panes) p.turn(this.turned) }
  draw(on) {
    this.drawing = on
    if (on) this.two.run(false)
    this.pen.setAttribute('aria-pressed', String(on))
    this.root.classList.toggle('drawing', on)
    this.say('')
  }
  say(text) { this.hint.textContent = text || (this.drawing ? DRAWING : '') }

  async update(c) {
    if (this.link.holds(c)) return
    this.c = c
    const d = c.data
    const before = this.d
    this.d = d
    this.root.style.setProperty('--h', `${d.height}px`)
    const called = before !== undefined && d.reveal !== before.reveal
    if (called) this.comeIntoSight()
    this.pen.hidden = !d.drawing
    if (!d.drawing && this.drawing) this.draw(false)
    this.two.adopt(d, before)
    if (!before) this.two.show()
    let osd
    try { osd = await openseadragon(d.library) } catch { this.fail(); return }
    if (this.gone || this.d !== d) return
    const two = d.mode !== 'single'
    const wanted = two ? 2 : 1
    while (this.panes.length > wanted) this.panes.pop().destroy()
    while (this.panes.length < wanted) this.panes.push(new Pane(this, osd))
    if (!this.panes.includes(this.leader)) this.leader = this.panes[0]
    const wish = d.link ? this.link.lit : d.highlight
    const lit = wish && d.boxes.find(b => b.id === wish)
    const moved = called || d.highlight !== before?.highlight || (d.link && JSON.stringify(d.pictures) !== JSON.stringify(before?.pictures))
    this.root.classList.toggle('linked', Boolean(d.link))
    if (d.highlight !== before?.highlight) this.pressed = null
    if (d.front && d.front !== before?.front && !two) this.index = Math.max(0, d.pictures.findIndex(p => p.id === d.front))
    if (lit && moved && !two) this.index = Math.max(0, d.pictures.findIndex(p => p.id === lit.picture))
    if (JSON.stringify(d.boxes) !== JSON.stringify(before?.boxes)) for (const p of this.panes) p.pen.boxesChanged(this.boxesOf(p.picture))
    this.render(moved ? lit : null)
    this.two.show()
  }

  render(goTo) {
    const { pictures, letters } = this.d
    const two = this.d.mode !== 'single'
    this.index = Math.min(Math.max(0, this.index), Math.max(0, pictures.length - 1))
    this.panes.forEach((pane, n) => pane.show(pictures[two ? n : this.index] ?? null, two ? letters[n] : '', this.frame(n), goTo))
    if (two) { const { w, h } = this.home(); this.area.style.setProperty('--tall', h / w || 1) }
    const many = !two && pictures.length > 1
    this.pages.hidden = !many
    this.back.disabled = this.index === 0
    this.next.disabled = this.index >= pictures.length - 1
    this.count.textContent = many ? `${this.index + 1} of ${pictures.length}` : ''
    const own = this.d.drawing ? this.d.boxes.filter(b => b.kind === 'drawn') : []
    const chips = own.map(b => ({ id: b.id, words: two ? `${this.letterOf(b.picture)}: ${b.label}` : b.label, lit: this.isLit(b.id) }))
    if (regions(this.marks, chips, id => this.picked(id), id => this.removed(id))) this.pen.focus()
  }

  turnTo(n) {
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
    this.root.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: calm() ? 'auto' : 'smooth' })
  }

  // --- where the pictures lie: the first is 1 wide at 0, 0; the second where its registration says, else as wide as the first
  frame(n) {
    const [a, b] = this.d.pictures
    if (n === 0 || !b || !this.d.registration) return { x: 0, y: 0, w: 1 }
    const [scale, dx, dy] = this.d.registration
    return { x: dx / a.width, y: dy / a.width, w: b.width * scale / a.width }
  }
  home() {                                        // the whole of every picture that is shown
    const all = this.panes.filter(p => p.picture).map(p => ({ ...p.frame, h: p.frame.w * p.picture.height / p.picture.width }))
    const x = Math.min(...all.map(f => f.x)), y = Math.min(...all.map(f => f.y))
    return { x, y, w: Math.max(...all.map(f => f.x + f.w)) - x, h: Math.max(...all.map(f => f.y + f.h)) - y }
  }

  boxesOf(picture) { return picture ? this.d.boxes.filter(b => b.picture === picture.id) : [] }
  letterOf(picture) { return this.d.letters[this.d.pictures.findIndex(p => p.id === picture)] ?? '' }
  isLit(id) {
    const lit = [this.d.link ? this.link.lit : this.d.highlight, this.pressed].filter(Boolean)
    return lit.includes(id) || (this.d.mode !== 'single' && lit.some(l => family(l) !== null && family(l) === family(id)))
  }
  picked(id) {
    if (this.d.link) { this.link.picked(id); return }
    this.c.setTriggerValue('picked', id)
    if (this.d.mode === 'single') return
    this.pressed = id                             // the partner in the other pane lights up at once
    this.render(this.d.boxes.find(b => b.id === id))
  }
  drawn(picture, box) { this.c.setTriggerValue('drawn', { picture, box }) }
  removed(id) { this.c.setTriggerValue('removed', id) }

  // --- one viewport. Only the pane under the hand leads; the other is set to the same place at once, without an event back.
  moved(pane) {
    if (this.panes.length < 2 || pane !== (this.leader ?? this.panes[0])) return
    for (const other of this.panes) if (other !== pane && other.ready) other.follow(pane)
  }
  opened() { this.two.show() }
  heatIs(state) { this.two.heatIs(state) }
  uncover(pane, box) { if (this.d.mode !== 'single') this.two.uncover(pane, box) }

  destroy() { this.gone = true; this.link.destroy(); this.root.removeEventListener('keydown', this.keys); this.two.destroy(); for (const p of this.panes) p.destroy() }
}

const live = new WeakMap()
export default function (c) {
  const root = c.parentElement.querySelector('.root')
  let viewer = live.get(c.parentElement)
  if (!viewer) live.set(c.parentElement, viewer = new Viewer(root))
  viewer.update(c)
  return () => { viewer.destroy(); live.delete(c.parentElement) }
}
