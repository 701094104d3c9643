// One picture under OpenSeadragon, with its boxes in an SVG over it. The tools and the lock live in viewer.js.
const SVG = 'http://www.w3.org/2000/svg'
const MANY = 12                                // from here on names show only where she looks
const svg = (name, attributes = {}) => {
  const e = document.createElementNS(SVG, name)
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v)
  return e
}
const div = (name, parent) => { const e = document.createElement('div'); e.className = name; parent?.append(e); return e }
const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches
const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0)
const short = text => text.length > 32 ? `${text.slice(0, 31)}…` : text

export class Pane {
  constructor(owner, osd) {
    this.owner = owner
    this.osd = osd
    this.element = div('pane', owner.area)
    this.title = div('name', this.element)
    this.stage = div('stage', this.element)
    const place = div('osd', this.stage)
    this.layer = svg('svg', { class: 'boxes', 'aria-hidden': 'true' })
    this.note = div('note', this.stage)
    this.note.setAttribute('role', 'status')
    this.list = document.createElement('ul')
    this.list.className = 'hidden-list'
    this.stage.append(this.layer, this.note, this.list)
    this.v = osd({
      element: place, drawer: 'canvas', showNavigationControl: false, crossOriginPolicy: false, autoResize: true, preserveImageSizeOnResize: false,
      visibilityRatio: 0.3, minPixelRatio: 0.34, constrainDuringPan: false, minZoomImageRatio: 0.5, maxZoomPixelRatio: 8, zoomPerScroll: 1.25, animationTime: calm() ? 0 : 0.6,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true }, gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true },
      gestureSettingsPen: { clickToZoom: false }, imageLoaderLimit: 2, timeout: 60000,
    })
    this.listen()
  }

  listen() {
    const v = this.v
    const mine = () => { this.owner.leader = this }
    for (const e of ['canvas-press', 'canvas-scroll', 'canvas-pinch', 'canvas-double-click']) v.addHandler(e, mine)
    v.addHandler('canvas-key', e => {
      mine()
      const key = e.originalEvent
      // only + - arrows and 0 are ours; letters (w a s d pan, r turns, f mirrors, j k page) stay letters
      if (/^Key[A-Z]$/.test(key.code)) e.preventDefaultAction = true
      if (key.key === '0') { e.preventDefaultAction = true; key.preventDefault(); this.fit() }
      if (key.key === 'Escape' && this.owner.drawing) { e.preventDefaultAction = true; this.owner.draw(false) }
    })
    for (const e of ['update-viewport', 'animation', 'resize', 'rotate']) v.addHandler(e, () => { this.place(); this.owner.moved(this) })
    v.addHandler('open', () => this.opened())
    v.addHandler('open-failed', () => this.say('failed'))
    v.addHandler('tile-loaded', () => { if (this.state === '') return; this.say(''); this.place() })
    v.addHandler('tile-load-failed', () => { if (this.state !== '') this.say('failed') })
    v.addHandler('canvas-click', e => {
      if (!e.quick || this.owner.drawing) return
      const at = this.toImage(e.position)
      const hit = this.boxes.filter(b => this.near(b, at)).sort((a, b) => area(a.box) - area(b.box))[0]
      if (hit) { e.preventDefaultAction = true; this.owner.picked(hit.id) }
    })
    v.addHandler('canvas-drag', e => {
      if (!this.owner.drawing || !this.ready) return
      e.preventDefaultAction = true
      this.from ??= this.toImage(new this.osd.Point(e.position.x - e.delta.x, e.position.y - e.delta.y))
      this.draft = this.region(this.from, this.toImage(e.position))
      this.place()
    })
    v.addHandler('canvas-drag-end', e => {
      if (!this.owner.drawing || !this.from) return
      e.preventDefaultAction = true
      this.draft = this.region(this.from, this.toImage(e.position))
      this.from = null
      if (this.draft[2] - this.draft[0] >= 2 && this.draft[3] - this.draft[1] >= 2) this.owner.drawn(this.picture.id, this.draft)
      else this.draft = null
      this.place()
    })
  }

  // --- what is shown
  show(picture, letter, goTo) {
    const same = picture && this.picture && JSON.stringify(picture) === JSON.stringify(this.picture)
    this.title.hidden = !letter
    if (letter) {
      const b = document.createElement('b'); b.textContent = letter
      const s = document.createElement('span'); s.textContent = picture?.alt ?? 'no picture'
      this.title.replaceChildren(b, s)
    }
    this.boxes = this.owner.boxesOf(picture)
    this.goTo = goTo && picture && goTo.picture === picture.id ? goTo : null
    if (!same) {
      this.picture = picture
      this.draft = null
      this.open('')
    }
    this.names(letter)
    this.draw()
    if (this.ready && this.goTo) this.reveal(this.goTo)
  }

  names(letter) {
    const c = this.v.canvas
    c.setAttribute('role', 'application')
    c.setAttribute('aria-label', `${letter ? `${letter}: ` : ''}${this.picture?.alt ?? 'no picture'}. Plus and minus zoom, arrows move, 0 fits.`)
    c.setAttribute('aria-roledescription', 'picture viewer')
  }

  open(again) {
    this.ready = false
    if (!this.picture) { this.v.close(); this.say('none'); return }
    this.say('loading')
    const levels = this.picture.levels.map(l => ({ ...l, url: new URL(l.url + again, document.baseURI).href }))
    const tileSource = new this.osd.LegacyTileSource(levels)
    tileSource.getClosestLevel = () => 0          // else the largest copy counts as the first to load: every level is one tile
    this.v.open({ tileSource, width: 1 })
  }

  opened() {
    this.ready = true
    this.v.viewport.setRotation(this.owner.turned, true)
    const leader = this.owner.panes.find(p => p !== this && p.ready)
    if (leader) this.follow(leader)
    else this.fit(true)
    if (this.goTo) this.reveal(this.goTo)
    this.draw()
  }

  say(state) {
    this.state = state
    this.stage.dataset.state = state || 'shown'
    const text = { loading: 'Loading the picture…', none: 'No picture chosen yet.', failed: 'This picture could not be loaded.' }[state] ?? ''
    this.note.replaceChildren(...(text ? [document.createTextNode(text)] : []))
    this.note.hidden = !text
    if (state !== 'failed') return
    const b = document.createElement('button')
    b.type = 'button'
    b.textContent = 'Try again'
    b.addEventListener('click', () => { this.v.canvas.focus(); this.open(`?again=${Date.now()}`) })
    this.note.append(b)
  }

  // --- coordinates: original pixels <-> the copy that is shown <-> the element
  item() { return this.v.world.getItemAt(0) }
  scale() { return this.item().source.dimensions.x / this.picture.width }
  ratio() { const r = this.picture.height / this.picture.width; return r }
  toImage(point) { const p = this.item().viewerElementToImageCoordinates(point); const k = this.scale(); return [p.x / k, p.y / k] }
  toElement([x, y]) { const k = this.scale(); return this.item().imageToViewerElementCoordinates(new this.osd.Point(x * k, y * k)) }
  corners([x0, y0, x1, y1]) { return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(p => this.toElement(p)) }
  near({ box: [x0, y0, x1, y1] }, [x, y]) {        // a finger is wider than a line of print
    const slack = 6 / (this.v.viewport.viewportToImageZoom(this.v.viewport.getZoom(true)) * this.scale())
    return x >= x0 - slack && x <= x1 + slack && y >= y0 - slack && y <= y1 + slack
  }
  region([ax, ay], [bx, by]) {
    const fit = (n, most) => Math.round(Math.min(Math.max(n, 0), most))
    const { width, height } = this.picture
    return [fit(Math.min(ax, bx), width), fit(Math.min(ay, by), height), fit(Math.max(ax, bx), width), fit(Math.max(ay, by), height)]
  }

  // --- moving
  zoom(factor) { this.v.viewport.zoomBy(factor).applyConstraints(calm()) }
  fit(now = calm()) {
    const height = this.owner.panes.length > 1 ? this.owner.homeHeight() : this.ratio()
    this.v.viewport.fitBounds(new this.osd.Rect(0, 0, 1, height), now)
  }
  actual() {                                      // one original pixel on one pixel of the screen
    const zoom = this.picture.width / (this.v.viewport.getContainerSize().x * devicePixelRatio)
    this.v.viewport.zoomTo(zoom, null, calm())
    this.v.viewport.applyConstraints(calm())
  }
  turn(degrees) { if (this.ready) { this.v.viewport.setRotation(degrees, calm()); this.owner.leader = this.owner.panes[0]; if (this === this.owner.panes[0]) this.fit() } }
  follow(other) {
    this.v.viewport.zoomTo(other.v.viewport.getZoom(true), null, true)
    this.v.viewport.panTo(other.v.viewport.getCenter(true), true)
  }
  reveal(b) {                                     // only as far as needed: what she is looking at should not jump
    const size = this.v.viewport.getContainerSize()
    const at = this.corners(b.box)
    const inside = at.every(p => p.x >= 0 && p.y >= 0 && p.x <= size.x && p.y <= size.y)
    const [xs, ys] = [at.map(p => p.x), at.map(p => p.y)]
    const legible = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)) >= 24
    if (inside && legible) return
    this.owner.leader = this
    const [x0, y0, x1, y1] = b.box.map(n => n / this.picture.width)
    const w = Math.max((x1 - x0) * 2.5, 0.3), h = Math.max((y1 - y0) * 2.5, 0.3)
    this.v.viewport.fitBoundsWithConstraints(new this.osd.Rect((x0 + x1 - w) / 2, (y0 + y1 - h) / 2, w, h), calm())
  }

  // --- boxes
  draw() {
    this.shapes = this.boxes.map(b => {
      const g = svg('g', { class: `box ${/^[a-z]+$/.test(b.kind) ? b.kind : ''} ${b.id === this.owner.d.highlight ? 'lit' : ''}`, 'data-id': b.id })
      const tag = svg('g', { class: 'tag' }), plate = svg('rect', { rx: 4, height: 20 }), text = svg('text', { x: 6, y: 10 })
      text.textContent = short(b.label)
      tag.append(plate, text)
      g.append(svg('polygon', { class: 'halo' }), svg('polygon'), tag)
      return { b, g, tag, plate, text }
    })
    this.sketch = svg('g', { class: 'draft' })
    this.sketch.append(svg('polygon'), svg('polygon'))
    this.layer.replaceChildren(...this.shapes.map(s => s.g), this.sketch)
    for (const s of this.shapes) s.plate.setAttribute('width', Math.ceil(s.text.getComputedTextLength()) + 12)
    this.keys()
    this.place()
  }

  keys() {                                        // the same boxes for Tab and for a screen reader
    const active = this.stage.getRootNode().activeElement?.dataset?.id
    const items = this.shapes.map(s => {
      const li = document.createElement('li'), b = document.createElement('button')
      b.type = 'button'
      b.dataset.id = s.b.id
      b.textContent = `${s.b.label}: show on the picture`
      b.setAttribute('aria-pressed', String(s.b.id === this.owner.d.highlight))
      b.addEventListener('focus', () => { s.g.classList.add('focus'); this.stage.classList.add('reached'); if (this.ready) this.reveal(s.b); this.place() })
      b.addEventListener('blur', () => { s.g.classList.remove('focus'); this.stage.classList.remove('reached'); this.place() })
      b.addEventListener('click', () => this.owner.picked(s.b.id))
      li.append(b)
      return li
    })
    this.list.replaceChildren(...items)
    this.list.hidden = !items.length
    this.list.setAttribute('aria-label', 'Marked places')
    if (active) this.list.querySelector(`button[data-id="${CSS.escape(active)}"]`)?.focus()
  }

  place() {
    if (!this.ready || this.state !== '' || !this.item() || !this.shapes) { this.layer.style.visibility = 'hidden'; return }
    this.layer.style.visibility = ''
    const points = at => at.map(p => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(' ')
    const size = this.v.viewport.getContainerSize()
    for (const { b, g, tag, plate } of this.shapes) {
      const at = this.corners(b.box)
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
    const sketch = this.draft ? points(this.corners(this.draft)) : ''
    for (const p of this.sketch.childNodes) p.setAttribute('points', sketch)
  }

  destroy() { this.v.destroy(); this.element.remove() }
}
