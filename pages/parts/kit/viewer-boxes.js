// Named boxes over one picture: drawn in an SVG, and once more as hidden buttons for Tab and for a screen reader.
const SVG = 'http://www.w3.org/2000/svg'
const MANY = 12                                // from here on names show only where she looks
export const svg = (name, attributes = {}) => {
  const e = document.createElementNS(SVG, name)
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v)
  return e
}
export const points = at => at.map(p => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(' ')
const short = text => text.length > 32 ? `${text.slice(0, 31)}…` : text

export class Boxes {
  constructor(pane) {
    this.pane = pane
    this.all = []
    this.shapes = []
    this.layer = svg('svg', { class: 'boxes', 'aria-hidden': 'true' })
    this.list = document.createElement('ul')
    this.list.className = 'hidden-list'
    this.list.setAttribute('aria-label', 'Marked places')
  }

  draw(all) {
    this.all = all
    this.shapes = all.map(b => {
      const lit = this.pane.owner.isLit(b.id)
      const g = svg('g', { class: `box ${/^[a-z]+$/.test(b.kind) ? b.kind : ''} ${lit ? 'lit' : ''}`, 'data-id': b.id })
      const tag = svg('g', { class: 'tag' }), plate = svg('rect', { rx: 4, height: 20 }), text = svg('text', { x: 6, y: 10 })
      text.textContent = short(b.label)
      tag.append(plate, text)
      g.append(svg('polygon', { class: 'halo' }), svg('polygon'), tag)
      return { b, g, tag, plate, text }
    })
    this.layer.replaceChildren(...this.shapes.map(s => s.g), this.pane.pen.sketch)
    for (const s of this.shapes) s.plate.setAttribute('width', Math.ceil(s.text.getComputedTextLength()) + 12)
    this.keys()
  }

  keys() {
    const { owner } = this.pane
    const active = this.list.getRootNode().activeElement
    const had = this.list.contains(active) ? active.dataset.id : undefined
    const named = this.shapes.filter(s => s.b.kind !== 'line')   // a line of print is pressed; by keyboard she types
    this.list.replaceChildren(...named.map(s => {
      const li = document.createElement('li'), b = document.createElement('button')
      b.type = 'button'
      b.dataset.id = s.b.id
      b.textContent = `${this.pane.letter ? `${this.pane.letter}, ` : ''}${s.b.label}: show on the picture`
      b.setAttribute('aria-pressed', String(owner.isLit(s.b.id)))
      b.addEventListener('focus', () => this.reached(s, true))
      b.addEventListener('blur', () => this.reached(s, false))
      b.addEventListener('click', () => owner.picked(s.b.id))
      li.append(b)
      return li
    }))
    this.list.hidden = !named.length
    if (had) this.list.querySelector(`button[data-id="${CSS.escape(had)}"]`)?.focus()
  }

  reached(s, on) {
    s.g.classList.toggle('focus', on)
    this.pane.stage.classList.toggle('reached', on)
    if (on && this.pane.ready) { this.pane.reveal(s.b); this.pane.owner.uncover(this.pane, s.b) }
    this.pane.place()
  }

  place(seen) {
    this.layer.style.visibility = seen ? '' : 'hidden'
    if (!seen) return
    const size = this.pane.v.viewport.getContainerSize()
    for (const { b, g, tag, plate } of this.shapes) {
      const at = this.pane.corners(b.box)
      for (const p of g.querySelectorAll('polygon')) p.setAttribute('points', points(at))
      const looked = g.classList.contains('lit') || g.classList.contains('focus')
      tag.style.display = b.label && (looked || this.shapes.length <= MANY) ? '' : 'none'
      const left = Math.min(...at.map(p => p.x)), right = Math.max(...at.map(p => p.x)), top = Math.min(...at.map(p => p.y)), bottom = Math.max(...at.map(p => p.y))
      const wide = Number(plate.getAttribute('width'))
      // Beside the box, where a line of print mostly has its margin; else above or below it.
      const beside = right + 4 + wide <= size.x - 2 && (top + bottom) / 2 > 12 && (top + bottom) / 2 < size.y - 12
      const x = beside ? right + 4 : Math.max(2, Math.min(left - 1, size.x - wide - 2))
      const y = beside ? (top + bottom) / 2 - 10 : top >= 23 ? top - 23 : Math.min(bottom + 3, size.y - 22)
      tag.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`)
    }
  }
}
