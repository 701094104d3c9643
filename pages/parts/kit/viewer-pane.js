// One picture under OpenSeadragon, at its place in a world that all panes share: the first picture is 1 wide there.
// Its boxes are drawn by viewer-boxes.js, her own regions by viewer-pen.js; tools, modes and the lock live in viewer.js.
import { Boxes } from './viewer-boxes.js'
import { Pen } from './viewer-pen.js'

const div = (name, parent) => { const e = document.createElement('div'); e.className = name; parent?.append(e); return e }
export const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches
const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0)

export class Pane {
  constructor(owner, osd) {
    this.owner = owner
    this.osd = osd
    this.element = div('pane', owner.area)
    this.title = div('name', this.element)
    this.stage = div('stage', this.element)
    const place = div('osd', this.stage)
    this.boxes = new Boxes(this)
    this.pen = new Pen(this)
    this.note = div('note', this.stage)
    this.note.setAttribute('role', 'status')
    this.stage.append(this.boxes.layer, this.note, this.boxes.list)
    this.v = osd({
      element: place, drawer: 'canvas', showNavigationControl: false, crossOriginPolicy: false, autoResize: true, preserveImageSizeOnResize: true,
      visibilityRatio: 0.3, minPixelRatio: 0.34, constrainDuringPan: false, minZoomImageRatio: 0.5, maxZoomPixelRatio: 8, zoomPerScroll: 1.25, animationTime: calm() ? 0 : 0.6,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true }, gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true },
      gestureSettingsPen: { clickToZoom: false }, imageLoaderLimit: 2, timeout: 60000,
    })
    this.listen()
  }

  listen() {
    const v = this.v
    const mine = () => { this.owner.leader = this; this.owner.fitted = false }
    for (const e of ['canvas-scroll', 'canvas-pinch', 'canvas-double-click']) v.addHandler(e, mine)
    v.addHandler('canvas-press', () => { this.owner.leader = this })
    v.addHandler('canvas-key', e => {
      const key = e.originalEvent
      if (this.pen.key(key)) { e.preventDefaultAction = true; key.preventDefault(); return }
      // only + - arrows and 0 are ours; letters (w a s d pan, r turns, f mirrors, j k page) stay letters
      if (/^Key[A-Z]$/.test(key.code)) { e.preventDefaultAction = true; return }
      if (/^[-+=_]$|^Arrow/.test(key.key)) mine()
      if (key.key === '0') { e.preventDefaultAction = true; key.preventDefault(); this.owner.leader = this; this.fit() }
    })
    for (const e of ['update-viewport', 'animation', 'rotate']) v.addHandler(e, () => { this.place(); this.owner.moved(this) })
    v.addHandler('resize', () => { this.resized = true })       // OpenSeadragon has not set the new zoom yet
    v.addHandler('viewport-change', () => { if (this.resized) { this.resized = false; this.settle() } })
    v.addHandler('open', () => this.opened())
    v.addHandler('open-failed', () => this.say('failed'))
    v.addHandler('tile-loaded', e => { if (this.state !== '' && e.tiledImage === this.item()) { this.say(''); this.place() } })
    v.addHandler('tile-load-failed', e => { if (e.tiledImage === this.item() && this.state !== '') this.say('failed') })
    v.addHandler('canvas-click', e => {
      if (!e.quick || this.owner.drawing || !this.ready) return
      const at = this.toImage(e.position)
      if (this.owner.d.link) { e.preventDefaultAction = true; this.owner.link.pointed(this.picture, at); return }
      const hit = this.boxes.all.filter(b => this.near(b, at)).sort((a, b) => area(a.box) - area(b.box))[0]
      if (hit) { e.preventDefaultAction = true; this.owner.picked(hit.id) }
    })
    v.addHandler('canvas-drag', e => {
      if (!this.owner.drawing) mine()
      else if (this.ready) { e.preventDefaultAction = true; this.pen.drag(e) }
    })
    v.addHandler('canvas-drag-end', e => { if (this.pen.from) { e.preventDefaultAction = true; this.pen.drop(e) } })
  }

  // --- what is shown
  show(picture, letter, frame, goTo) {
    const same = picture && this.picture && JSON.stringify(picture) === JSON.stringify(this.picture)
    this.title.hidden = !letter
    if (letter) {
      const b = document.createElement('b'); b.textContent = letter
      const s = document.createElement('span'); s.textContent = picture?.alt ?? 'no picture'; s.title = s.textContent
      this.title.replaceChildren(b, s)
    }
    const moved = JSON.stringify(frame) !== JSON.stringify(this.frame)
    this.frame = frame
    this.letter = letter
    this.goTo = goTo && picture && goTo.picture === picture.id ? goTo : null
    if (!same) {
      this.picture = picture
      this.pen.clear()
      this.open('')
    } else if (moved && this.ready) {
      this.item().setPosition(new this.osd.Point(frame.x, frame.y), true)
      this.item().setWidth(frame.w, true)
    }
    this.names(letter)
    this.boxes.draw(this.owner.boxesOf(picture))
    this.place()
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
    this.v.open({ tileSource, x: this.frame.x, y: this.frame.y, width: this.frame.w })
  }

  opened() {
    this.ready = true
    this.v.viewport.setRotation(this.owner.turned, true)
    const leader = this.owner.panes.find(p => p !== this && p.ready)
    if (leader) this.follow(leader)
    else this.fit(true)
    if (this.goTo) this.reveal(this.goTo)
    this.heated = null
    this.owner.opened(this)
    this.place()
  }

  settle() {                                      // after a change of size: all of it again, or the same place at the same size
    if (this.owner.fitted) this.fit(true)
    else if (this.owner.leader && this.owner.leader !== this && this.owner.leader.ready) this.follow(this.owner.leader)
  }

  // A heat map lies over the whole of the first picture; how strong it shows changes nothing else.
  heat(url, opacity) {
    if (!this.ready) return
    if (this.heated?.url !== url) {
      if (this.heated?.item) this.v.world.removeItem(this.heated.item)
      const heated = this.heated = url ? { url, item: null, opacity } : null
      if (!heated) return
      this.owner.heatIs('loading')
      this.v.addTiledImage({
        tileSource: { type: 'image', url: new URL(url, document.baseURI).href, buildPyramid: false }, x: 0, y: 0, width: 1, opacity,
        success: e => {
          if (this.heated !== heated) { this.v.world.removeItem(e.item); return }
          heated.item = e.item
          e.item.setOpacity(heated.opacity)
          this.owner.heatIs('shown')
        },
        error: () => { if (this.heated === heated) { this.heated = null; this.owner.heatIs('failed') } },
      })
    }
    this.heated.opacity = opacity
    this.heated.item?.setOpacity(opacity)
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
  toImage(point) { const p = this.item().viewerElementToImageCoordinates(point); const k = this.scale(); return [p.x / k, p.y / k] }
  toElement([x, y]) { const k = this.scale(); return this.item().imageToViewerElementCoordinates(new this.osd.Point(x * k, y * k)) }
  corners([x0, y0, x1, y1]) { return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]].map(p => this.toElement(p)) }
  near({ box: [x0, y0, x1, y1] }, [x, y]) {        // a finger is wider than a line of print
    const slack = 6 / (this.item().viewportToImageZoom(this.v.viewport.getZoom(true)) * this.scale())
    return x >= x0 - slack && x <= x1 + slack && y >= y0 - slack && y <= y1 + slack
  }

  // --- moving
  zoom(factor) { this.owner.fitted = false; this.v.viewport.zoomBy(factor).applyConstraints(calm()) }
  fit(now = calm()) {
    this.owner.fitted = true
    const { x, y, w, h } = this.owner.home()
    this.v.viewport.fitBounds(new this.osd.Rect(x, y, w, h), now)
  }
  actual() {                                      // one original pixel on one pixel of the screen
    this.owner.fitted = false
    const zoom = this.picture.width / (this.frame.w * this.v.viewport.getContainerSize().x * devicePixelRatio)
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
    this.owner.fitted = false
    const k = this.frame.w / this.picture.width
    const [x0, y0, x1, y1] = b.box.map(n => n * k)
    const w = Math.max((x1 - x0) * 2.5, 0.3 * this.frame.w), h = Math.max((y1 - y0) * 2.5, 0.3 * this.frame.w)
    this.v.viewport.fitBoundsWithConstraints(new this.osd.Rect(this.frame.x + (x0 + x1 - w) / 2, this.frame.y + (y0 + y1 - h) / 2, w, h), calm())
  }

  place() {
    const seen = this.ready && this.state === '' && this.item()
    this.boxes.place(seen)
    this.pen.place(seen)
  }

  destroy() { this.v.destroy(); this.element.remove() }
}
