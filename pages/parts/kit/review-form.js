// The form of the review desk: fields, keys, what is saved. In place, one component for all records of a run.
// In: {link, heard, record, version, name, verdict, blocks, places, pages, unfit, said, conflict, history, queue, counts, preload}.
// Out: acts = [{n, act, record, version, ...}]: all that the server has not heard yet, so that none is lost or done twice.
import { Fields, make } from './review-fields.js'
import { Around } from './review-around.js'

const tell = (event, link, detail) => {
  if (detail !== undefined) document.dispatchEvent(new CustomEvent(event, { detail: { link, data: detail } }))
}
const fine = () => matchMedia('(pointer: fine)').matches

class Form {
  constructor(root) {
    this.root = root
    this.fields = new Fields(this)
    this.around = new Around(this)
    this.pending = []
    this.n = 0
    root.replaceChildren(this.around.top, this.around.said, this.around.conflict, this.fields.element, this.around.foot)
    this.keys = e => this.key(e)
    root.addEventListener('keydown', this.keys)
    this.pointed = e => this.point(e.detail)
    document.addEventListener('loupe:pointed', this.pointed)
  }

  update(c) {
    this.c = c
    this.n = Math.max(this.n, c.data.heard)
    this.pending = this.pending.filter(a => a.n > c.data.heard)
    const gone = this.pending.some(a => a.leaves)  // she has left what the server shows: what comes is of before
    tell('loupe:ahead', this.d?.link, this.ahead && gone ? undefined : null)
    if (this.ahead && gone) return
    this.ahead = false
    this.show(c.data)
    for (const url of c.data.preload) new Image().src = new URL(url, document.baseURI).href
  }

  show(d) {
    const fresh = d.record !== this.d?.record
    this.d = d
    this.root.dataset.busy = String(!this.ahead && this.pending.some(a => a.leaves))
    this.fields.update(d.blocks, d.unfit, fresh)
    this.around.update(d)
    if (fresh) {
      this.fields.element.scrollTop = 0
      this.begin()
    } else if (this.wantRow && d.heard >= this.wantRow.n) this.toNewRow()
    else if (this.current && this.fields.boxes.has(this.current)) this.light(this.fields.boxes.get(this.current))
    else if (this.current) this.begin()
  }

  // The next document is here already: it is shown at once, and the server hears meanwhile what was done to this one.
  goAhead(act) {
    const { next } = this.d
    const on = act.verdict === 'accepted' || act.verdict === 'rejected' || act.to === 'next'
    if (!next || !on || this.ahead || Object.keys(act.texts ?? {}).length) return
    const { viewer, ...record } = next
    const counts = { ...this.d.counts }
    if (act.verdict) { counts.done += 1; counts.left -= 1 }
    const queue = this.d.queue.map(q => ({ ...q, current: q.id === record.record }))
    this.ahead = true
    tell('loupe:ahead', this.d.link, viewer)
    this.show({ ...this.d, ...record, counts, queue, unfit: {}, said: '', conflict: null, history: [], next: null })
  }

  begin() {
    const first = this.fields.stops()[0] ?? this.fields.order[0]
    this.current = first?.e.id
    if (!first) return
    if (fine()) this.go(first)
    else this.light(first)
  }

  waits(id) { return this.pending.some(a => a.record === this.d.record && (a.texts?.[id] !== undefined || a.looked?.includes(id))) }

  // --- where she is
  go(one) {
    one.input.focus({ preventScroll: true })
    one.box.scrollIntoView({ block: 'nearest' })
    if (one.input.select) one.input.select()
  }
  focused(one) {
    this.current = one.e.id
    for (const b of this.fields.order) b.box.classList.toggle('here', b === one)
    this.light(one)
  }
  light(one) {
    const place = this.d.places[one.e.id]
    this.fields.closeUp(one, place, place && this.d.pages[place.page])
    ;(window.loupeLit ??= {})[this.d.link] = place ? one.e.id : null
    document.dispatchEvent(new CustomEvent('loupe:lit', { detail: { link: this.d.link } }))
  }
  point(at) {                                     // she pressed a place on the picture: it fills the field she is in
    if (at.link !== this.d.link) return
    const one = this.fields.boxes.get(this.current)
    if (!one || one.e.control === 'fixed') { this.around.say('Choose a field first, then the place on the picture.'); return }
    this.act({ act: 'point', path: this.current, picture: at.picture, x: at.x, y: at.y })
    if (fine()) this.go(one)
  }

  // --- what she does
  act(a) {
    this.around.say('')
    this.pending.push({ ...a, n: ++this.n, record: this.d.record, version: this.d.version })
    this.c.setTriggerValue('acts', this.pending)
    if (!a.leaves) return
    this.goAhead(a)
    this.root.dataset.busy = String(!this.ahead || this.pending.filter(p => p.leaves).length > 1)
  }
  texts() {
    const found = {}
    for (const b of this.fields.order) {
      if (!b.dirty || b.sent === b.input.value) continue
      found[b.e.id] = b.sent = b.input.value
    }
    return found
  }
  typing(one) {
    if (one.wrong) this.fields.paint(one)
    one.sent = undefined
  }
  changed() { const texts = this.texts(); if (Object.keys(texts).length) this.act({ act: 'save', texts }) }

  enter(one) {
    if (this.busy) return
    const texts = this.texts()
    const looked = one.e.id in texts || one.e.control === 'fixed' || (!one.e.text && !one.e.stop) || one.wrong ? [] : [one.e.id]
    const all = this.fields.order
    if (one.wrong && !(one.e.id in texts)) return
    one.looked = true
    this.fields.paint(one)
    const stops = this.fields.stops()
    const next = stops.find(b => all.indexOf(b) > all.indexOf(one)) ?? stops[0]
    if (next) {
      if (looked.length || Object.keys(texts).length) this.act({ act: 'save', texts, looked })
      this.go(next)
    } else this.act({ act: 'save', texts, looked, verdict: 'accepted', leaves: true })
  }
  get busy() { return this.root.dataset.busy === 'true' }
  verdict(verdict) { if (!this.busy) this.act({ act: 'save', texts: this.texts(), looked: [], verdict, leaves: verdict !== 'open' }) }
  undo() { if (!this.busy) this.act({ act: 'undo' }) }
  open(record) { if (!this.busy) this.act({ act: 'open', to: record, texts: this.texts(), leaves: true }) }
  addRow(path) {
    this.act({ act: 'add', path, texts: this.texts() })
    this.wantRow = { path, n: this.n }
  }
  toNewRow() {
    const block = this.d.blocks.find(b => b.id === this.wantRow.path)
    this.wantRow = null
    const first = block?.rows.at(-1)?.[0]
    const one = first && this.fields.boxes.get(first.id)
    if (one) this.go(one)
  }

  key(e) {
    const one = this.fields.boxes.get(this.current)
    const inField = e.target.closest?.('.field')
    const act = this.shortcut(e, one, inField)
    if (act) { e.preventDefault(); act() }
    if (inField || act) e.stopPropagation()        // a letter typed here is no shortcut of the page
  }
  shortcut(e, one, inField) {
    const plain = !e.altKey && !e.ctrlKey && !e.metaKey && !e.shiftKey
    if (e.isComposing) return null
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) return () => this.verdict('accepted')
    if (e.key === 'Enter' && plain && inField && one) return () => this.enter(one)
    if (e.key === 'Escape' && inField && one) return () => this.takeBack(one)
    if (e.key === 'PageDown' && plain) return () => this.open('next')
    if (e.key === 'PageUp' && plain) return () => this.open('back')
    if (!e.altKey || e.ctrlKey || e.metaKey) return null
    if (e.code === 'KeyX') return () => this.verdict('rejected')
    if (e.code === 'KeyZ') return () => this.undo()
    if (e.code === 'KeyN') return this.gridOf(one) ? () => this.addRow(this.gridOf(one)) : null
    if (e.key === 'Delete' && one?.e.row) return () => this.act({ act: 'remove', path: one.e.row })
    return null
  }
  takeBack(one) {                                  // what she typed here, also where it did not fit
    one.input.value = one.e.text
    one.dirty = false
    if (one.wrong) this.act({ act: 'save', texts: { [one.e.id]: one.e.text } })
    this.fields.paint(one)
  }
  gridOf(one) { return one?.e.row ? one.e.row.slice(0, one.e.row.lastIndexOf('.')) : this.d.blocks.find(b => b.kind === 'rows')?.id }

  destroy() { this.root.removeEventListener('keydown', this.keys); document.removeEventListener('loupe:pointed', this.pointed) }
}

const live = new WeakMap()
export default function (c) {
  let form = live.get(c.parentElement)
  if (!form) live.set(c.parentElement, form = new Form(c.parentElement.querySelector('.root')))
  form.update(c)
  return () => { form.destroy(); live.delete(c.parentElement) }
}
