// What stands around the fields: how far she is, the queue, what went wrong, the two values of a conflict, the buttons, what was done.
import { make } from './review-fields.js'

const KEYS = [
  ['accepted', 'Accept all', 'Ctrl+Enter', 'primary'],
  ['rejected', 'Reject', 'Alt+X', ''],
  ['undo', 'Undo', 'Alt+Z', ''],
  ['back', 'Back', 'Page Up', ''],
  ['next', 'Skip', 'Page Down', ''],
]

export class Around {
  constructor(form) {
    this.form = form
    this.top = make('div', 'top')
    this.count = make('p', 'count')
    this.bar = make('div', 'progress')
    this.bar.append(make('i'))
    this.bar.setAttribute('aria-hidden', 'true')
    this.queue = make('details', 'queue')
    this.summary = make('summary')
    this.list = make('ol')
    this.queue.append(this.summary, this.list)
    this.name = make('h3')
    this.state = make('p', 'state')
    this.top.append(this.count, this.bar, this.queue, this.name, this.state)
    this.said = make('p', 'said')
    this.said.setAttribute('role', 'status')
    this.conflict = make('div', 'conflict')
    this.conflict.setAttribute('role', 'alert')
    this.foot = make('div', 'foot')
    const row = make('div', 'buttons')
    row.append(...KEYS.map(([what, words, key, style]) => this.button(what, words, key, style)))
    const hint = make('p', 'hint')
    hint.append(make('kbd', '', 'Enter'), ' accepts the value and goes to the next doubtful one, ', make('kbd', '', 'Tab'), ' goes to the next field, a press on the picture fills the field.')
    this.history = make('details', 'history')
    this.done = make('summary')
    this.acts = make('ul')
    this.history.append(this.done, this.acts)
    this.foot.append(row, hint, this.history)
  }

  button(what, words, key, style) {
    const b = make('button', style)
    b.type = 'button'
    b.append(make('span', '', words), make('kbd', '', key))
    b.addEventListener('click', () => {
      if (what === 'undo') this.form.undo()
      else if (what === 'back' || what === 'next') this.form.open(what)
      else this.form.verdict(what === 'accepted' && this.form.d.verdict === 'accepted' ? 'open' : what)
    })
    if (what === 'accepted') this.accept = b
    return b
  }

  say(text) { this.said.textContent = text; this.said.hidden = !text }

  update(d) {
    const { done, total, left } = d.counts
    this.count.textContent = `${done} of ${total} done, ${left} to go`
    this.bar.firstChild.style.width = `${total ? 100 * done / total : 0}%`
    this.summary.textContent = 'Queue, doubtful ones first'
    this.list.replaceChildren(...d.queue.map(q => this.line(q)))
    this.name.textContent = d.name
    this.state.textContent = d.state
    this.state.hidden = !d.state
    this.accept.firstChild.textContent = d.verdict === 'accepted' ? 'Open again' : 'Accept all'
    this.say(d.said)
    this.clash(d.conflict)
    this.history.hidden = !d.history.length
    this.done.textContent = `What was done (${d.history.length})`
    this.acts.replaceChildren(...d.history.map(h => { const li = make('li', '', h.words); li.append(make('small', '', h.when)); return li }))
  }

  line(q) {
    const li = make('li'), b = make('button', q.current ? 'plain current' : 'plain')
    b.type = 'button'
    b.append(make('span', '', q.name), make('small', q.tone, q.words))
    if (q.current) b.setAttribute('aria-current', 'true')
    b.addEventListener('click', () => this.form.open(q.id))
    li.append(b)
    return li
  }

  // Somebody saved meanwhile: both values, and she chooses.
  clash(conflict) {
    const had = this.conflict.contains(this.conflict.getRootNode().activeElement)
    this.conflict.hidden = !conflict
    this.conflict.replaceChildren()
    if (!conflict) { if (had) this.form.begin(); return }
    this.conflict.append(make('p', '', conflict.sentence), ...conflict.values.map(v => {
      const row = make('div', 'choice')
      row.append(make('b', '', v.label), this.take(`Mine: ${v.mine || 'nothing'}`, { act: 'mine', texts: { [v.id]: v.mine } }), this.take(`Theirs: ${v.theirs || 'nothing'}`, { act: 'theirs', path: v.id }))
      return row
    }))
    if (!conflict.values.length) this.conflict.append(this.take('Go on', { act: 'theirs', path: '' }))
    this.conflict.querySelector('button')?.focus()
  }
  take(words, act) {
    const b = make('button', '', words)
    b.type = 'button'
    b.addEventListener('click', () => this.form.act(act))
    return b
  }
}
