// Drawing regions on one picture: by dragging, or from the keyboard (Enter sets a region in the middle of what is seen,
// arrows move it, with Shift they size it, Enter keeps it). A kept region stays sketched until it comes back as a box.
import { points, svg } from './viewer-boxes.js'

const SMALLEST = 2                             // original pixels
const STEP = 0.02                              // of the pane's shorter side, with each press of an arrow
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const equal = (a, b) => a.every((n, i) => Math.abs(n - b[i]) < 1)

export class Pen {
  constructor(pane) {
    this.pane = pane
    this.sketch = svg('g', { class: 'draft' })
    this.clear()
  }

  clear() { this.kept = []; this.draft = null; this.from = null; this.byKeys = false }

  // What came back as a box is drawn as a box from now on; what the page did not take over is not shown any longer.
  boxesChanged(boxes) {
    const waiting = this.kept.filter(k => !boxes.some(b => equal(b.box, k)))
    this.kept = waiting.length < this.kept.length ? waiting : []
  }

  region([ax, ay], [bx, by]) {
    const fit = (n, most) => Math.round(Math.min(Math.max(n, 0), most))
    const { width, height } = this.pane.picture
    return [fit(Math.min(ax, bx), width), fit(Math.min(ay, by), height), fit(Math.max(ax, bx), width), fit(Math.max(ay, by), height)]
  }
  at(x, y) { return this.pane.toImage(new this.pane.osd.Point(x, y)) }

  // --- by hand
  drag(e) {
    this.byKeys = false
    this.from ??= this.at(e.position.x - e.delta.x, e.position.y - e.delta.y)
    this.draft = this.region(this.from, this.at(e.position.x, e.position.y))
    this.pane.place()
  }
  drop(e) {
    this.draft = this.region(this.from, this.at(e.position.x, e.position.y))
    this.from = null
    this.keep()
  }
  keep() {
    const box = this.draft
    this.draft = null
    this.byKeys = false
    if (box && box[2] - box[0] >= SMALLEST && box[3] - box[1] >= SMALLEST) {
      this.kept.push(box)
      this.pane.owner.drawn(this.pane.picture.id, box)
    }
    this.pane.place()
  }

  // --- by keyboard. True: the key was the pen's.
  key(e) {
    const { owner } = this.pane
    if (!owner.drawing || !this.pane.ready) return false
    if (e.key === 'Escape') {
      if (this.draft) { this.draft = null; this.byKeys = false; this.pane.place() } else owner.draw(false)
    } else if (e.key === 'Enter') {
      if (this.byKeys) this.keep()
      else this.set()
    } else if (this.byKeys && ARROWS[e.key]) this.push(ARROWS[e.key], e.shiftKey)
    else return false
    return true
  }
  set() {                                         // a third of what is seen, in its middle
    const size = this.pane.v.viewport.getContainerSize()
    this.byKeys = true
    this.draft = this.region(this.at(size.x / 3, size.y / 3), this.at(size.x * 2 / 3, size.y * 2 / 3))
    this.pane.owner.say('Arrows move the region, with Shift they change its size. Enter keeps it, Escape drops it.')
    this.pane.place()
  }
  push([dx, dy], sizing) {
    const [x0, y0, x1, y1] = this.draft
    const size = this.pane.v.viewport.getContainerSize()
    const step = Math.max(1, Math.min(size.x, size.y) * STEP)
    const shift = p => { const at = this.pane.toElement(p); return this.at(at.x + dx * step, at.y + dy * step) }
    const end = shift([x1, y1])
    const start = sizing ? [x0, y0] : shift([x0, y0])
    const moved = this.region(start, end)
    const whole = moved[2] - moved[0] >= SMALLEST && moved[3] - moved[1] >= SMALLEST
    const kept = sizing || (Math.abs(moved[2] - moved[0] - (x1 - x0)) <= 1 && Math.abs(moved[3] - moved[1] - (y1 - y0)) <= 1)
    if (whole && kept) this.draft = moved           // at the picture's edge it stops and keeps its size
    this.pane.place()
  }

  place(seen) {
    const all = seen ? [...this.kept, ...(this.draft ? [this.draft] : [])] : []
    this.sketch.replaceChildren(...all.flatMap(box => {
      const at = points(this.pane.corners(box))
      return [svg('polygon', { points: at }), svg('polygon', { points: at })]
    }))
  }
}
