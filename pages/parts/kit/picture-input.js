// The picture input: drop, choose, paste, camera, folder. Every file goes to our own upload route, three at a time.
// The queue lives in this module, so it goes on while she looks at another page. In: {batch, token, url, multiple, label,
// limit, archive_limit (0: no ZIPs)}. Out: stored = upload count, once everything she added is settled; the truth is in
// the store.
import { Camera } from './camera.js'
import { Queue, size } from './upload-queue.js'

const ICONS = {
  picture: '<rect x="3" y="4" width="18" height="16" rx="2.5"/><circle cx="8.5" cy="9.5" r="1.75"/><path d="m4 18 5.5-5 3.5 3 3-2.5 4.5 4"/>',
  file: '<path d="M12 15V4m0 0L8 8m4-4 4 4M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3"/>',
  camera: '<path d="M4 8h3l1.5-2.5h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z"/><circle cx="12" cy="13" r="3.5"/>',
  folder: '<path d="M3 7a2 2 0 0 1 2-2h4l2 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/>',
}
const TAKEN = 'image/*,.heic,.heif,.avif,.tif,.tiff,.pdf,application/pdf'
const ZIPS = ',.zip,application/zip'
const SHOWN = 200                                 // lines; of more files only those on their way and those that failed
const PAINT_MS = 100                              // between two paintings of so many
const SYSTEM = /(^|\/)(\.|(thumbs\.db|desktop\.ini)$)/i   // no file of hers; what the others are, the server finds in their bytes
const make = (name, { className = '', text = '', ...rest } = {}) => Object.assign(document.createElement(name), { className, textContent: text }, rest)
const icon = name => { const t = document.createElement('template'); t.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`; return t.content.firstChild }

class Input {
  constructor() {
    this.queue = new Queue(() => this.paintSoon(), () => this.settled())
    this.dom = make('div', { className: 'zone' })
    this.lines = new Map()
    this.buildAsk()
    this.buildWork()
    this.dom.append(this.ask, this.work)
    this.onPaste = e => this.pasted(e)
    this.onDrag = e => this.dragged(e)
    this.onLeave = e => { if (!e.relatedTarget) this.dom.classList.remove('over') }
    this.onDrop = e => this.dropped(e)
    this.onGo = e => { if (this.queue.busy) e.preventDefault() }
  }

  buildAsk() {
    this.ask = make('div', { className: 'ask' })
    this.label = make('p', { className: 'label' })
    this.keys = make('p', { className: 'quiet keys', text: `or paste one with ${/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl+'}V` })
    this.kinds = make('p', { className: 'quiet' })
    const row = make('div', { className: 'buttons' })
    this.chooser = this.picker({ accept: TAKEN })
    this.camera = this.picker({ accept: 'image/*', capture: 'environment' })
    this.folder = this.picker({ webkitdirectory: true, multiple: true })
    const add = (name, words, input, main) => {
      const b = make('button', { type: 'button', className: main ? 'main' : '' })
      b.append(icon(name), words)
      b.addEventListener('click', () => input.click())
      row.append(b, input.dom ?? input)
      return b
    }
    this.chooseButton = add('file', 'Choose files', this.chooser, true)
    this.cameraButton = add('camera', 'Take a photo', this.camera)
    const touch = matchMedia('(pointer: coarse)').matches
    this.cameraButton.hidden = !touch             // elsewhere it would open the same chooser
    this.video = new Camera(file => this.add([file]))
    this.videoButton = add('camera', 'Use the camera', this.video)
    this.videoButton.hidden = touch || !navigator.mediaDevices?.getUserMedia  // there only over https or on this machine
    this.folderButton = add('folder', 'Choose a folder', this.folder)
    this.ask.append(icon('picture'), this.label, this.keys, row, this.kinds)
  }

  picker(options) {
    const input = make('input', { type: 'file', hidden: true, tabIndex: -1 })
    input.setAttribute('aria-hidden', 'true')
    for (const [name, value] of Object.entries(options)) {
      if (name === 'capture') input.setAttribute(name, value)
      else input[name] = value
    }
    input.addEventListener('change', () => {
      const files = [...input.files]
      input.value = ''                            // the same file can be chosen again
      this.add(files, input === this.folder)
    })
    return input
  }

  buildWork() {
    this.work = make('div', { className: 'work' })
    this.total = make('p')
    this.total.setAttribute('role', 'status')
    this.bar = make('progress', { max: 1 })
    this.bar.setAttribute('aria-label', 'All files')
    this.list = make('ul', { className: 'files', tabIndex: 0 })
    this.list.setAttribute('aria-label', 'Files')
    const foot = make('div', { className: 'foot' })
    const add = (words, act, main) => {
      const b = make('button', { type: 'button', className: main ? 'small main' : 'small', text: words })
      b.addEventListener('click', act)
      foot.append(b)
      return b
    }
    this.again = add('Try again', () => { this.queue.again(); this.stop.focus() }, true)
    this.stop = add('Cancel', () => { this.queue.cancel() })
    this.close = add('Close', () => { this.queue.clear(); this.paint(); this.chooseButton.focus() })
    const head = make('div', { className: 'head' })
    head.append(this.total)
    this.work.append(head, this.bar, this.list, foot)
  }

  // --- from and to Streamlit
  update(c) {
    this.c = c
    const d = c.data
    this.queue.set(d)
    this.label.textContent = matchMedia('(pointer: coarse)').matches ? d.touch_label : d.label
    this.chooser.multiple = d.multiple
    this.chooseButton.lastChild.textContent = d.multiple ? 'Choose files' : 'Choose a file'
    this.folderButton.hidden = !d.multiple || !('webkitdirectory' in this.folder) || matchMedia('(pointer: coarse)').matches
    this.chooser.accept = d.archive_limit ? TAKEN + ZIPS : TAKEN
    const zips = d.archive_limit ? `; ZIPs of them up to ${size(d.archive_limit)}` : ''
    this.kinds.textContent = `Photos, screenshots, scans and PDF, up to ${size(d.limit)} each${zips}`
    this.paint()
  }
  mount() {
    if (this.mounted) return
    this.mounted = true
    document.addEventListener('paste', this.onPaste)
    document.addEventListener('dragover', this.onDrag)
    document.addEventListener('dragleave', this.onLeave)
    document.addEventListener('drop', this.onDrop)
    window.addEventListener('beforeunload', this.onGo)
    setTimeout(() => this.settled())              // what was stored while another page was open
  }
  unmount() {                                     // the queue goes on
    this.video.stop()
    this.mounted = false
    document.removeEventListener('paste', this.onPaste)
    document.removeEventListener('dragover', this.onDrag)
    document.removeEventListener('dragleave', this.onLeave)
    document.removeEventListener('drop', this.onDrop)
    if (!this.queue.busy) window.removeEventListener('beforeunload', this.onGo)
  }
  settled() {
    if (this.queue.busy) return
    if (!this.mounted) { window.removeEventListener('beforeunload', this.onGo); return }
    if (this.queue.untold) { this.c.setTriggerValue('stored', this.queue.told()) }
    if (!this.queue.failed.length) setTimeout(() => { if (!this.queue.busy && !this.queue.failed.length) { this.queue.clear(); this.paint() } }, 1500)
  }

  // --- ways in
  add(files, fromFolder = false) {
    let left = 0
    if (fromFolder) { const all = files; files = all.filter(f => !SYSTEM.test(f.path || f.webkitRelativePath || f.name)); left = all.length - files.length }
    if (!this.c.data.multiple) files = files.slice(0, 1)
    const had = this.dom.getRootNode().activeElement
    this.queue.add(files, left)
    this.paint()
    if (this.queue.busy && had && this.ask.contains(had)) this.stop.focus()
  }
  pasted(e) {
    const at = e.composedPath()[0]
    const typing = at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA)$/.test(at.tagName))
    const files = [...(e.clipboardData?.files ?? [])]
    if (typing || !files.length || e.defaultPrevented) return
    e.preventDefault()
    this.add(files)
  }
  others(e) { return e.composedPath().some(n => /^(stChatInput|stFileUploader)/.test(n.dataset?.testid ?? '')) }
  dragged(e) {
    if (e.defaultPrevented || this.others(e) || ![...e.dataTransfer.types].includes('Files')) return
    e.preventDefault()
    this.dom.classList.add('over')
  }
  async dropped(e) {
    this.dom.classList.remove('over')
    if (e.defaultPrevented || this.others(e) || ![...e.dataTransfer.types].includes('Files')) return
    e.preventDefault()                            // or the browser would leave the page and show the file
    const entries = [...e.dataTransfer.items].map(i => i.webkitGetAsEntry?.()).filter(Boolean)
    const plain = [...e.dataTransfer.files]
    if (!entries.some(n => n.isDirectory)) { this.add(plain); return }
    this.add(await inFolders(entries), true)
  }

  // --- what is seen
  paintSoon() {                                   // ten thousand files report more often than a page can be painted
    const wait = this.queue.rows.length > SHOWN ? PAINT_MS - (Date.now() - (this.painted ?? 0)) : 0
    if (wait <= 0) this.paint()
    else this.later ??= setTimeout(() => this.paint(), wait)
  }
  shown() {
    const rows = this.queue.rows
    return rows.length > SHOWN ? rows.filter(r => r.state === 'failed' || r.state === 'sending').slice(0, SHOWN) : rows
  }
  paint() {
    clearTimeout(this.later)
    this.later = null
    this.painted = Date.now()
    const q = this.queue, rows = q.rows
    const working = rows.length > 0
    this.ask.classList.toggle('away', working)
    this.ask.inert = working
    this.work.classList.toggle('away', !working)
    this.work.inert = !working
    const shown = new Set(this.shown())
    for (const [row, line] of this.lines) if (!shown.has(row)) { line.dom.remove(); this.lines.delete(row) }
    for (const row of shown) this.line(row)
    this.bar.value = q.progress
    this.bar.hidden = !q.busy
    const text = q.summary()
    if (this.total.textContent !== text) this.total.textContent = text
    this.again.hidden = q.busy || !q.failed.some(r => r.retry)
    this.stop.hidden = !q.busy
    this.close.hidden = q.busy
  }
  line(row) {
    let l = this.lines.get(row)
    if (!l) {
      l = { dom: make('li'), name: make('span', { className: 'name', text: row.name, title: row.path }), state: make('span'), bar: make('progress', { max: 1 }), why: make('span', { className: 'why' }) }
      l.bar.setAttribute('aria-label', row.name)
      l.dom.append(l.name, l.state, l.bar, l.why)
      this.list.append(l.dom)
      this.lines.set(row, l)
    }
    l.state.textContent = { waiting: size(row.size), sending: row.sent < 1 ? `${Math.round(row.sent * 100)} %` : 'Checking', stored: row.packed ? 'Unpacking' : 'Added', failed: 'Not added', cancelled: 'Cancelled' }[row.state]
    l.bar.value = row.sent
    l.bar.hidden = !['waiting', 'sending'].includes(row.state)
    l.why.textContent = row.why
    l.why.hidden = !row.why
    l.dom.hidden = row.state === 'stored' && !this.queue.busy && this.queue.failed.length > 0   // what needs her stands alone
  }
}

async function inFolders(entries) {
  const found = []
  const walk = async entry => {
    if (entry.isFile) { const f = await new Promise((ok, no) => entry.file(ok, no)); f.path = entry.fullPath; found.push(f); return }
    const reader = entry.createReader()
    for (;;) {                                    // gives at most 100 at a time
      const some = await new Promise((ok, no) => reader.readEntries(ok, no))
      if (!some.length) return
      for (const one of some) await walk(one)
    }
  }
  for (const entry of entries) await walk(entry).catch(() => {})   // what cannot be read is left out
  return found
}

const inputs = new Map()                          // by batch: outlives the component, and with it the page
export default function (c) {
  const root = c.parentElement.querySelector('.root')
  let input = inputs.get(c.data.batch)
  if (!input) inputs.set(c.data.batch, input = new Input())
  if (input.dom.parentNode !== root) root.replaceChildren(input.dom)
  input.update(c)
  input.mount()
  return () => input.unmount()
}
