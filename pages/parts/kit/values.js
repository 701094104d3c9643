// The values of a record: name, text, marks. A press on a value tells which one, so that its place can be lit up.
// Everything that a model or a file said is set as text, never as HTML.
const PATHS = {
  ok: 'M20 6 9 17l-5-5',
  doubt: 'M4 10c2.5-4 5.500-4 8 0s5.500 4 8 0M4 16c2.500-4 5.500-4 8 0s5.500 4 8 0',
  problem: 'M12 3 2 20h20zM12 10v4M12 17.200v.1',
  quiet: 'M5 12h14',
}
const el = (name, cls = '', text = '') => {
  const e = document.createElement(name)
  if (cls) e.className = cls
  if (text) e.textContent = text
  return e
}
const icon = tone => {
  const s = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), p = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  s.setAttribute('viewBox', '0 0 24 24')
  s.setAttribute('aria-hidden', 'true')
  p.setAttribute('d', PATHS[tone] ?? PATHS.quiet)
  s.append(p)
  return s
}
const mark = m => {
  const e = el('li', `mark ${m.tone}`)
  e.append(icon(m.tone), el('span', '', m.words))
  return e
}
const TONES = ['ok', 'doubt', 'problem', 'quiet']
// In a cell there is room for one sign of each tone; the words are its title, and under the table.
const signs = list => TONES.filter(tone => list.some(m => m.tone === tone)).map(tone => {
  const words = list.filter(m => m.tone === tone).map(m => m.words).join('; '), e = el('span', `mark ${tone}`)
  e.append(icon(tone), el('span', 'hidden', ` ${words}`))
  e.title = words
  return e
})
const NOTES = 6
// What is said of one cell names its row; what is said of several is said once.
const told = rows => {
  const where = new Map()
  rows.forEach((cells, n) => cells.forEach(cell => cell.notes.forEach(note => {
    where.set(note, [...(where.get(note) ?? []), n + 1])
  })))
  const all = [...where].map(([note, at]) => at.length > 1 ? note : `Row ${at[0]}: ${note}`)
  return all.length > NOTES ? [...all.slice(0, NOTES), `And ${all.length - NOTES} more.`] : all
}
const marks = list => {
  const ul = el('ul', 'marks')
  ul.append(...list.map(mark))
  return ul
}

class Values {
  constructor(root) { this.root = root; this.drawn = ''; this.buttons = new Map() }

  update(c) {
    this.c = c
    const now = JSON.stringify([c.data.values, c.data.absent])
    if (now !== this.drawn) { this.drawn = now; this.draw(c.data) }
    for (const [id, part] of this.buttons) part.classList.toggle('lit', id === c.data.lit)
    // A place that was pressed on the picture brings its value into sight where both stand side by side.
    if (c.data.lit && c.data.lit !== this.was && c.data.lit !== this.told && matchMedia('(min-width: 641px)').matches) {
      this.buttons.get(c.data.lit)?.scrollIntoView({ block: 'nearest' })
    }
    this.was = c.data.lit
    for (const b of this.root.querySelectorAll('button.text')) b.setAttribute('aria-pressed', String(b.dataset.id === c.data.lit))
  }

  draw(d) {
    const had = this.root.getRootNode().activeElement?.dataset?.id
    this.buttons.clear()
    const parts = d.values.map(v => v.rows ? this.list(v) : this.value(v))
    if (d.absent.length) parts.push(el('p', 'absent', `Not there, and not needed: ${d.absent.join(', ')}.`))
    this.root.replaceChildren(...parts)
    if (had) this.root.querySelector(`button[data-id="${CSS.escape(had)}"]`)?.focus()
  }

  text(v) {
    if (!v.text) return el('span', 'text none', 'nothing')
    const t = el(v.lit ? 'button' : 'span', 'text', v.text)
    if (v.lit) {
      t.type = 'button'
      t.dataset.id = v.id
      t.title = 'Show where this stands on the picture'
      t.addEventListener('click', () => { this.told = v.id; this.c.setTriggerValue('picked', v.id) })
    }
    return t
  }

  value(v) {
    const row = el('div', 'value'), said = el('div', 'said')
    said.append(this.text(v))
    if (v.marks.length) said.append(marks(v.marks))
    said.append(...v.notes.map(n => el('p', 'note', n)))
    row.append(el('p', 'name', v.label), said)
    this.buttons.set(v.id, row)
    return row
  }

  list(v) {
    const box = el('div', 'list'), sheet = el('div', 'sheet'), table = el('table'), head = el('tr'), body = el('tbody')
    head.append(...v.columns.map(c => { const th = el('th', '', c); th.scope = 'col'; return th }))
    const top = el('thead')
    top.append(head)
    const counts = new Map()
    for (const cells of v.rows) {
      const tr = el('tr')
      for (const cell of cells) {
        const td = el('td', cell.text.length > 24 ? 'long' : '')
        if (cell.text) td.append(this.text(cell))
        td.append(...signs(cell.marks))
        for (const m of cell.marks) counts.set(m.words, { m, n: (counts.get(m.words)?.n ?? 0) + 1 })
        this.buttons.set(cell.id, td)
        tr.append(td)
      }
      body.append(tr)
    }
    table.append(top, body)
    sheet.append(table)
    sheet.tabIndex = 0
    sheet.setAttribute('role', 'group')
    sheet.setAttribute('aria-label', v.label)
    const key = marks([...counts.values()].map(({ m, n }) => ({ tone: m.tone, words: `${n} ${m.words}` })))
    key.classList.add('key')
    box.append(el('p', 'name', `${v.label}: ${v.rows.length} ${v.rows.length === 1 ? 'row' : 'rows'}`), sheet)
    if (counts.size) box.append(key)
    box.append(...told(v.rows).map(n => el('p', 'note', n)))
    return box
  }
}

const live = new WeakMap()
export default function (c) {
  let v = live.get(c.parentElement)
  if (!v) { v = new Values(c.parentElement.querySelector('.root')); live.set(c.parentElement, v) }
  v.update(c)
  return () => { live.delete(c.parentElement) }
}
