// Two pictures compared: the mode buttons and what each mode adds. Both panes always stand there, with one viewport;
// a mode only says how they lie: next to each other, or on top of each other with one of them seen, or cut at a divider.
import { MODES, button, group, name, paint } from './viewer-bar.js'
import { calm } from './viewer-pane.js'

const TURN = 500                               // milliseconds each picture is seen in "blink"
const STEP = 2, LEAP = 10                      // percent the divider moves with an arrow, with Shift or Page Up and Down
const NO_HEAT = 'There is no difference map for these two pictures.'
const HEAT = { loading: 'Working out the difference…', failed: 'The difference map could not be loaded. Choose Difference again to try once more.' }
const quiet = matchMedia('(prefers-reduced-motion: reduce)')

export class Two {
  constructor(viewer) {
    this.viewer = viewer
    this.mode = 'side-by-side'
    this.told = 0                                 // how many choices of hers Python was told
    this.swapped = false
    this.front = 0                                // the pane that is seen where only one is
    this.cut = 50                                 // percent of the width at which the divider stands
    this.strength = 70
    this.element = group('bar compare', 'Compare by')
    this.buttons = MODES.map(([mode, words, label, key]) => {
      const b = button('', words, words, key)
      b.title = `${label} (${key})`
      b.addEventListener('click', () => this.choose(mode))
      b.dataset.mode = mode
      return b
    })
    const modes = document.createElement('div')
    modes.className = 'modes'
    modes.append(...this.buttons)
    const add = (icon, label, words, key, act) => { const b = button(icon, label, words, key); b.addEventListener('click', act); return b }
    this.swap = add('swap', 'Swap left and right', 'Swap', 'x', () => this.exchange())
    this.play = add('pause', 'Pause', 'Pause', 'p', () => this.run(!this.timer))
    this.flip = add('flip', 'Show the other picture', 'Flip', 'f', () => this.turn())
    this.dial = document.createElement('label')
    this.dial.className = 'dial'
    this.range = Object.assign(document.createElement('input'), { type: 'range', min: 0, max: 100, step: 5, value: this.strength })
    this.range.addEventListener('input', () => { this.strength = Number(this.range.value); this.heat() })
    this.dial.append('Heat map', this.range)
    this.extras = document.createElement('div')
    this.extras.className = 'extras'
    this.extras.append(this.swap, this.play, this.flip, this.dial)
    this.element.append(modes, this.extras)
    this.still = () => { if (quiet.matches) this.run(false); this.show() }
    quiet.addEventListener('change', this.still)
    this.makeDivider()
  }

  // --- modes
  // Python's mode counts when Python changes it, and has heard of all that she chose: else a newer choice is on its way.
  adopt(d, before) {
    if (!before) this.told = d.heard
    if (d.mode !== 'single' && (d.heard < this.told || d.mode === this.asked)) return
    const began = !this.asked || this.asked === 'single'
    this.asked = d.mode
    if (d.mode !== 'single' && (began || d.mode !== this.mode)) this.enter(d.mode)    // what comes back is no news
  }
  choose(mode) {
    if (this.buttons.find(b => b.dataset.mode === mode).getAttribute('aria-disabled') === 'true') return
    if (mode !== this.mode) this.viewer.c.setTriggerValue('mode', { mode, told: this.told += 1 })
    this.enter(mode)
  }
  enter(mode) {
    if (this.mode !== mode) this.front = 0
    this.mode = mode
    this.viewer.say('')
    this.run(mode === 'blink' && !calm())
    this.show()
  }
  get stacked() { return this.mode !== 'side-by-side' }
  get panes() { return this.viewer.panes }

  show() {
    const { viewer, mode } = this
    const d = viewer.d
    const on = Boolean(d) && d.mode !== 'single'
    this.element.hidden = !on
    this.divider.hidden = !on || mode !== 'slider'
    viewer.area.className = on ? `panes two ${this.stacked ? 'stacked' : ''} ${mode}` : 'panes'
    viewer.root.dataset.mode = on ? mode : 'single'
    if (!on) { this.run(false); this.panes.forEach(p => { p.element.className = 'pane' }); this.heat(); return }
    const possible = m => (m === 'side-by-side' || d.pictures.length > 1) && (m !== 'difference' || Boolean(d.heat))
    for (const [n, b] of this.buttons.entries()) {
      b.setAttribute('aria-pressed', String(b.dataset.mode === mode))
      b.setAttribute('aria-disabled', String(!possible(b.dataset.mode)))
      b.title = b.dataset.mode === 'difference' && !d.heat ? NO_HEAT : `${MODES[n][2]} (${MODES[n][3]})`
    }
    const sides = mode === 'side-by-side' || mode === 'slider'
    this.swap.hidden = !sides
    this.flip.hidden = sides
    this.play.hidden = mode !== 'blink'
    this.dial.hidden = mode !== 'difference'
    this.lie()
    this.heat()
  }

  // How the panes lie: order on the page, which is on top, which side of the divider.
  lie() {
    const [one, two] = this.panes
    if (!two) return
    const left = this.swapped ? two : one, right = this.swapped ? one : two
    if (this.mode === 'side-by-side' && right.element.compareDocumentPosition(left.element) & Node.DOCUMENT_POSITION_FOLLOWING) {
      const active = this.viewer.root.getRootNode().activeElement
      this.viewer.area.prepend(left.element)
      if (active && this.viewer.area.contains(active)) active.focus()
    }
    for (const [n, pane] of this.panes.entries()) {
      const under = (this.mode === 'blink' || this.mode === 'difference') && n !== this.front
      pane.element.className = `pane ${pane === left ? 'left' : 'right'} ${under ? 'under' : ''}`
      pane.v.canvas.tabIndex = this.stacked && n > 0 ? -1 : 0    // one place on the screen is one stop for Tab
    }
    const letters = this.viewer.d.letters
    name(this.flip, `Show ${letters[1 - this.front]}`, 'f')
    this.sayCut(letters[left === one ? 0 : 1], letters[left === one ? 1 : 0])
  }

  exchange() {
    if (this.mode !== 'side-by-side' && this.mode !== 'slider') return
    this.swapped = !this.swapped
    this.lie()
    const [left, right] = this.swapped ? [1, 0] : [0, 1]
    this.viewer.say(`${this.viewer.d.letters[left]} is on the left, ${this.viewer.d.letters[right]} on the right.`)
  }

  // --- blink
  run(on) {
    clearInterval(this.timer)
    this.timer = on && this.mode === 'blink' && !quiet.matches ? setInterval(() => this.blink(), TURN) : undefined
    const running = Boolean(this.timer)
    paint(this.play, running ? 'pause' : 'play')
    this.play.querySelector('.words').textContent = running ? 'Pause' : 'Play'
    name(this.play, running ? 'Pause' : 'Play', 'p')
    this.play.setAttribute('aria-disabled', String(quiet.matches))
    if (quiet.matches) this.play.title = 'Your system asks for less motion: flip by hand (F)'
  }
  blink() {
    if (document.hidden || !this.panes.every(p => p.state === '')) return    // nothing flashes while it loads
    this.front = 1 - this.front
    this.lie()
  }
  turn(to = 1 - this.front) {
    if (this.mode !== 'blink' && this.mode !== 'difference') return
    this.run(false)
    this.front = to
    this.lie()
    this.heat()
  }

  // --- slider
  makeDivider() {
    this.divider = document.createElement('div')
    this.divider.className = 'divider'
    const grip = this.grip = document.createElement('div')
    grip.className = 'grip'
    grip.tabIndex = 0
    grip.setAttribute('role', 'slider')
    grip.setAttribute('aria-orientation', 'horizontal')
    grip.setAttribute('aria-valuemin', '0')
    grip.setAttribute('aria-valuemax', '100')
    const knob = document.createElement('span')
    knob.className = 'knob'
    knob.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="m9 6-6 6 6 6M15 6l6 6-6 6"/></svg>'
    grip.append(knob)
    this.divider.append(grip)
    grip.addEventListener('pointerdown', e => { if (e.button === 0) { grip.setPointerCapture(e.pointerId); grip.focus(); e.preventDefault() } })
    grip.addEventListener('pointermove', e => {
      if (!grip.hasPointerCapture(e.pointerId)) return
      const r = this.divider.getBoundingClientRect()
      this.moveTo((e.clientX - r.left) / r.width * 100)
    })
    grip.addEventListener('keydown', e => {
      const step = e.shiftKey ? LEAP : STEP
      const to = { ArrowLeft: this.cut - step, ArrowDown: this.cut - step, ArrowRight: this.cut + step, ArrowUp: this.cut + step,
        PageDown: this.cut - LEAP, PageUp: this.cut + LEAP, Home: 0, End: 100 }[e.key]
      if (to === undefined || e.ctrlKey || e.altKey || e.metaKey) return
      e.preventDefault()
      e.stopPropagation()
      this.moveTo(to)
    })
  }
  moveTo(percent) {
    this.cut = Math.round(Math.min(Math.max(percent, 0), 100) * 10) / 10
    this.lie()
  }
  sayCut(left, right) {
    const shown = Math.round(this.cut)
    this.viewer.area.style.setProperty('--cut', `${this.cut}%`)
    this.grip.setAttribute('aria-label', `Divider between ${left} and ${right}`)
    this.grip.setAttribute('aria-valuenow', String(shown))
    this.grip.setAttribute('aria-valuetext', `${left} ${shown} %, ${right} ${100 - shown} %`)
    this.grip.title = `${left} is on the left, ${right} on the right. Drag, or use the arrow keys.`
  }

  // A place reached by Tab must be seen, also where its picture is covered.
  uncover(pane, b) {
    const n = this.panes.indexOf(pane)
    if (this.mode === 'blink' || this.mode === 'difference') { if (n !== this.front) this.turn(n); return }
    if (this.mode !== 'slider') return
    const at = pane.corners(b.box).map(p => p.x / pane.v.viewport.getContainerSize().x * 100)
    const isLeft = (n === 0) !== this.swapped
    if (isLeft && Math.max(...at) > this.cut) this.moveTo(Math.max(...at) + STEP)
    if (!isLeft && Math.min(...at) < this.cut) this.moveTo(Math.min(...at) - STEP)
  }

  // --- difference
  heat() {
    const d = this.viewer.d
    const on = d?.mode !== 'single' && this.mode === 'difference'
    this.range.setAttribute('aria-valuetext', `${this.strength} %`)
    for (const [n, pane] of this.panes.entries()) {
      if (on && n === this.front) pane.heat(d.heat, this.strength / 100)
      else if (pane.heated) pane.heat(pane.heated.url, 0)
    }
    if (on && !d.heat) this.viewer.say(NO_HEAT)
  }
  heatIs(state) { if (this.mode === 'difference') this.viewer.say(HEAT[state] ?? '') }

  // --- keys, as long as the focus is somewhere in the viewer
  key(e) {
    if (e.ctrlKey || e.altKey || e.metaKey || this.element.hidden) return
    const mode = MODES.find(m => m[3] === e.key)?.[0]
    const act = mode ? () => this.choose(mode)
      : { x: () => this.exchange(), f: () => this.turn(), p: () => this.run(this.mode === 'blink' && !this.timer) }[e.key.toLowerCase()]
    if (!act) return
    e.preventDefault()
    e.stopPropagation()
    act()
  }

  destroy() { clearInterval(this.timer); quiet.removeEventListener('change', this.still) }
}
