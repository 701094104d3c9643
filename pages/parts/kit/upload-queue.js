// Files on their way to the upload route: three at a time, with progress, words for every failure, and another try.
const AT_ONCE = 3
const UNREACHABLE = 'Loupe could not be reached: check that it is still running, then try again.'

export const size = n => {                        // never rounded up: "larger than" this stays true
  if (n >= 1e9) return `${Math.floor(n / 1e8) / 10} GB`
  const tenths = Math.floor(n / 1e5) / 10
  return n >= 1e6 ? `${tenths} MB` : `${Math.max(1, Math.floor(n / 1e3))} KB`
}
// A name may hold half a surrogate pair, from Windows or from cutting: encodeURIComponent throws on it.
const encoded = text => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'))

export class Queue {
  constructor(changed, settled) {
    this.changed = changed
    this.settled = settled
    this.rows = []                                // {file, name, path, key, size, state, sent, why, packed}
    this.storedCount = 0
    this.toldCount = 0
    this.leftOut = 0
  }
  set(data) { this.data = data }                  // long queues use the newest token
  get busy() { return this.rows.some(r => r.state === 'waiting' || r.state === 'sending') }
  get failed() { return this.rows.filter(r => r.state === 'failed') }
  get untold() { return this.storedCount > this.toldCount }
  told() { this.toldCount = this.storedCount; return this.storedCount }
  get progress() {
    const all = this.rows.reduce((n, r) => n + r.size + 1, 0)
    return all ? this.rows.reduce((n, r) => n + (r.size + 1) * (r.state === 'waiting' || r.state === 'sending' ? r.sent : 1), 0) / all : 0
  }

  add(files, leftOut = 0) {
    if (!this.busy) { this.clear(); this.round = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}` }
    this.leftOut += leftOut
    for (const file of files) {
      const path = (file.path || file.webkitRelativePath || file.name || 'picture').replace(/^\/+/, '')
      const place = String(this.rows.length).padStart(6, '0')      // keys sort in the order in which she added
      const key = [this.round, place, path.slice(-500), file.size, file.lastModified].join('|')
      const row = { file, name: file.name || 'picture', path, key, size: file.size, state: 'waiting', sent: 0, why: '' }
      const most = this.limit(file)
      if (file.size > most) this.fail(row, `${row.name} is larger than ${size(most)}: make it smaller, then add it again.`)
      this.rows.push(row)
    }
    this.go()
  }
  limit(file) {                                   // by its name only here; the server looks at its bytes
    const zip = this.data.archive_limit && (/\.zip$/i.test(file.name) || /zip/.test(file.type))
    return zip ? this.data.archive_limit : this.data.limit
  }
  again() {
    for (const row of this.failed) if (row.retry) Object.assign(row, { state: 'waiting', sent: 0, why: '' })
    this.go()
  }
  cancel() {
    for (const row of this.rows) {
      if (row.state !== 'waiting' && row.state !== 'sending') continue
      row.state = 'cancelled'
      row.request?.abort()
    }
    this.changed()
    this.settled()
  }
  clear() { if (!this.busy) { this.rows = []; this.leftOut = 0 } }

  go() {
    while (this.rows.filter(r => r.state === 'sending').length < AT_ONCE) {
      const row = this.rows.find(r => r.state === 'waiting')
      if (!row) break
      this.send(row)
    }
    this.changed()
    if (!this.busy) this.settled()
  }

  send(row) {
    try { this.request(row) } catch (error) {     // one file that cannot be sent must not hold up the others
      console.warn(error)
      this.fail(row, `${row.name} could not be read: give it another name or copy it elsewhere, then add it again.`)
    }
  }
  request(row) {
    const x = row.request = new XMLHttpRequest()  // fetch tells nothing about how much was sent
    row.state = 'sending'
    x.open('POST', new URL(this.data.url, document.baseURI).href)
    x.setRequestHeader('X-Upload-Token', this.data.token)
    x.setRequestHeader('X-File-Key', encoded(row.key))
    x.setRequestHeader('X-File-Name', encoded(row.path.slice(-300)))
    x.upload.onprogress = e => { if (e.lengthComputable && e.total) { row.sent = e.loaded / e.total; this.changed() } }
    x.onloadend = () => {
      row.request = null
      if (row.state !== 'sending') return         // cancelled meanwhile
      const answer = parse(x.responseText)
      if (x.status === 200 && answer?.id) { Object.assign(row, { state: 'stored', sent: 1, packed: Boolean(answer.files) }); this.storedCount += 1 }
      else this.fail(row, answer?.error ?? (x.status ? `${row.name} could not be added: try again.` : UNREACHABLE), ![413, 422].includes(x.status))
      this.go()
    }
    x.send(row.file)                              // the File itself: the browser reads it as it sends
  }
  fail(row, why, retry = false) { Object.assign(row, { state: 'failed', why, retry }) }   // retry: it could go better next time

  summary() {
    const n = this.rows.length, stored = this.rows.filter(r => r.state === 'stored').length, failed = this.failed.length
    const files = k => `${k} ${k === 1 ? 'file' : 'files'}`
    const left = this.leftOut ? ` ${files(this.leftOut)} left out: hidden, or the system's own.` : ''
    if (this.busy) return `Adding ${files(n)}: ${stored} done${failed ? `, ${failed} not added` : ''}.${left}`
    if (failed) return `${files(failed)} of ${n} not added.${left}`
    if (stored < n) return `Cancelled: ${files(stored)} of ${n} added.${left}`
    return `${files(stored)} added.${left}`
  }
}
const parse = text => { try { return JSON.parse(text) } catch { return null } }
