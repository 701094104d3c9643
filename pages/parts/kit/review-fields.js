// The fields of a record as boxes to type in: built once for a record, then brought up to date in place.
const ICONS = { ok: '✓', doubt: '≈', problem: '!', quiet: '·', accepted: '✓', corrected: '✎' }
export const make = (tag, name = '', text = '') => {
  const e = document.createElement(tag)
  if (name) e.className = name
  if (text) e.textContent = text
  return e
}

export class Fields {
  constructor(form) {
    this.form = form
    this.element = make('div', 'fields')
    this.boxes = new Map()                       // id -> {e: entry, box, input, marks, notes}
    this.shape = ''
  }

  get order() { return [...this.boxes.values()] }
  stops() { return this.order.filter(b => b.e.stop && !b.looked) }

  update(blocks, unfit, fresh) {
    const shape = JSON.stringify(blocks.map(b => [b.kind, b.id, b.entries.map(e => [e.id, e.control]), b.rows.map(r => r.map(e => e.id))]))
    if (fresh || shape !== this.shape) {
      const drafts = fresh ? [] : this.order.filter(b => b.dirty).map(b => [b.e.id, b.input.value])
      this.shape = shape
      this.boxes.clear()
      const bare = blocks.filter(b => b.kind === 'field' && !b.entries[0].text && !b.entries[0].needed && !b.entries[0].stop && !b.entries[0].done)
      // Built in the order in which they stand: the first box is where she begins, and must not be in what is closed.
      const full = blocks.filter(b => !bare.includes(b)).map(b => this.block(b))
      const rest = make('details', 'bare')
      rest.append(make('summary', '', `Fields without a value (${bare.length})`), ...bare.map(b => this.block(b)))
      this.element.replaceChildren(...full, ...(bare.length > 2 ? [rest] : [...rest.children].slice(1)))
      for (const [id, text] of drafts) { const b = this.boxes.get(id); if (b) { b.input.value = text; b.dirty = true } }
    }
    for (const block of blocks) for (const e of [...block.entries, ...block.rows.flat()]) this.fill(this.boxes.get(e.id), e, unfit[e.id])
  }

  block(b) {
    if (b.kind === 'group') return make('h4', 'head', b.label)
    if (b.kind === 'rows') return this.grid(b)
    if (b.kind === 'field') return this.field(b.entries[0])
    const set = make('fieldset')
    set.append(make('legend', '', b.label), ...b.entries.map(e => this.field(e)))
    return set
  }

  grid(b) {
    const set = make('fieldset', 'grid')
    set.style.setProperty('--columns', b.heads.length)
    const heads = make('div', 'heads')
    heads.setAttribute('aria-hidden', 'true')
    heads.append(...b.heads.map(h => make('span', '', h)), make('span'))
    const rows = b.rows.map((cells, n) => {
      const row = make('div', 'row')
      row.setAttribute('role', 'group')
      row.setAttribute('aria-label', `${b.label}, row ${n + 1}`)
      const drop = make('button', 'plain', '✕')
      drop.type = 'button'
      drop.title = 'Remove this row (Alt+Delete)'
      drop.setAttribute('aria-label', `Remove row ${n + 1}`)
      drop.addEventListener('click', () => this.form.act({ act: 'remove', path: `${b.id}.${n}` }))
      row.append(...cells.map((e, at) => this.field(e, b.heads[at])), drop)
      return row
    })
    const add = make('button', 'plain add', b.rows.length ? 'Add a row' : `Add a row to ${b.label}`)
    add.type = 'button'
    add.dataset.add = b.id
    const key = make('kbd', '', 'Alt+N')
    add.append(key)
    add.addEventListener('click', () => this.form.addRow(b.id))
    const note = make('div', 'below')
    set.append(make('legend', '', `${b.label} (${b.rows.length})`), ...(rows.length ? [heads] : []), ...rows, note, add)
    return set
  }

  field(e, head = '') {
    const cell = Boolean(head)
    const box = make('div', cell ? 'field cell' : 'field')
    box.dataset.id = e.id
    const label = make('label', '', cell ? head : e.label)
    const input = this.input(e)
    const marks = make('div', 'marks'), notes = make('div', 'notes'), close = make('div', 'close')
    marks.id = `m-${e.id}`
    notes.id = `n-${e.id}`
    input.id = `f-${e.id}`
    label.htmlFor = input.id
    if (cell) input.setAttribute('aria-label', e.label)
    input.setAttribute('aria-describedby', `${marks.id} ${notes.id}`)
    close.hidden = true
    if (e.needed && !cell) { const s = make('span', 'needed', 'needed'); label.append(' ', s) }
    box.append(label, input, marks, close, notes)
    const one = { e, box, input, marks, notes, close, cell, dirty: false, looked: false }
    this.boxes.set(e.id, one)
    input.addEventListener('focus', () => this.form.focused(one))
    input.addEventListener('input', () => { one.dirty = input.value !== one.e.text; this.form.typing(one) })
    input.addEventListener('change', () => this.form.changed(one))
    return box
  }

  input(e) {
    if (e.control === 'choice') {
      const s = make('select')
      for (const c of ['', ...e.choices]) { const o = make('option', '', c || '—'); o.value = c; s.append(o) }
      return s
    }
    const i = make(e.control === 'long' ? 'textarea' : 'input')
    if (e.control === 'long') i.rows = 2
    else i.type = 'text'
    if (e.control === 'number') { i.inputMode = 'decimal'; i.classList.add('number') }
    i.autocomplete = 'off'
    i.spellcheck = false
    i.readOnly = e.control === 'fixed'
    return i
  }

  fill(one, e, unfit) {
    one.e = e
    const before = one.input.value
    if (!this.form.waits(e.id)) {
      one.looked = false
      if (unfit) { one.input.value = unfit.text; one.dirty = true }
      else if (!one.dirty || one.sent === one.input.value) { one.input.value = e.text; one.dirty = false; one.sent = undefined }
      if (one.input.value === e.text) one.dirty = false
      if (one.input.value !== before && one.input === this.element.getRootNode().activeElement) one.input.select?.()   // what is typed now replaces it
    }
    this.paint(one, unfit?.sentence)
  }

  paint(one, wrong = '') {
    const { e } = one
    const done = one.looked ? 'accepted' : e.done
    const marks = wrong ? [['problem', 'not saved']] : done ? [[done, `${done} by ${one.looked ? 'you' : e.by}`]] : e.marks
    one.wrong = wrong
    one.marks.replaceChildren(...marks.map(([tone, words]) => {
      const m = make('span', `mark ${tone}`)
      const icon = make('i', '', ICONS[tone])
      icon.setAttribute('aria-hidden', 'true')
      m.append(icon, make('span', 'words', words))
      m.title = words
      return m
    }))
    const notes = wrong ? [wrong] : [...(done && e.was ? [`It said: ${e.was}`] : []), ...(done === 'accepted' ? [] : e.notes)]
    one.notes.replaceChildren(...notes.map(n => make('p', '', n)))
    one.box.classList.toggle('stop', e.stop && !one.looked)
    one.box.classList.toggle('wrong', Boolean(wrong))
    one.box.dataset.tone = wrong ? 'problem' : done ? 'done' : e.marks.some(m => m[0] === 'problem') ? 'problem' : e.marks.some(m => m[0] === 'doubt') ? 'doubt' : 'ok'
    one.input.setAttribute('aria-invalid', String(Boolean(wrong)))
    if (one.input.tagName === 'TEXTAREA') one.input.rows = Math.min(6, Math.max(2, one.input.value.split('\n').length))
  }

  // The place on the picture, close up, below the box she is in: nobody has to look back and forth.
  closeUp(one, place, page) {
    for (const other of this.order) if (other !== one) other.close.hidden = true
    for (const below of this.element.querySelectorAll('.below')) below.replaceChildren()
    if (one.cell) {                                // a cell has no room for it
      const words = one.marks.cloneNode(true)
      words.removeAttribute('id')
      words.setAttribute('aria-hidden', 'true')
      one.box.closest('fieldset').querySelector('.below').append(make('b', '', one.e.label), words, one.notes, one.close)
    }
    one.close.hidden = !place
    if (!place) return
    const [x0, y0, x1, y1] = place.box
    const wide = one.close.clientWidth || 320, pad = 0.6 * (y1 - y0)
    const tall = Math.min(84, Math.max(34, (y1 - y0 + 2 * pad) * Math.min(1.1, wide / (x1 - x0 + 2 * pad))))
    const k = Math.min(wide / (x1 - x0 + 2 * pad), tall / (y1 - y0 + 2 * pad))
    const img = one.close.querySelector('img') ?? one.close.appendChild(make('img'))
    const url = new URL(page.url, document.baseURI).href
    if (img.src !== url) img.src = url
    img.alt = ''
    img.style.width = `${page.width * k}px`
    img.style.left = `${wide / 2 - (x0 + x1) / 2 * k}px`
    img.style.top = `${tall / 2 - (y0 + y1) / 2 * k}px`
    one.close.style.height = `${tall}px`
  }
}
