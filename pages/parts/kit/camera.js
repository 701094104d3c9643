// The camera of a computer: a dialog with what it sees, one shot as a JPEG file. The camera is on only while it is open.
const make = (name, rest = {}) => Object.assign(document.createElement(name), rest)
const WHY = {
  NotAllowedError: 'The browser does not let this page use the camera: allow it beside the address, then try again.',
  NotFoundError: 'No camera was found: connect one, then try again.',
  NotReadableError: 'The camera is in use by another program: close that, then try again.',
}
const ELSE = 'The camera could not be used: try again, or choose a file.'

export class Camera {
  constructor(took) {
    this.took = took
    this.dom = make('dialog')
    this.dom.setAttribute('aria-label', 'Take a picture')
    this.video = make('video', { muted: true, playsInline: true, autoplay: true })
    this.video.setAttribute('aria-label', 'What the camera sees')
    this.why = make('p')
    this.why.setAttribute('role', 'status')
    this.shoot = make('button', { type: 'button', className: 'main', textContent: 'Take' })
    this.cancel = make('button', { type: 'button', textContent: 'Cancel' })
    const row = make('div', { className: 'buttons' })
    row.append(this.shoot, this.cancel)
    this.dom.append(this.video, this.why, row)
    this.shoot.addEventListener('click', () => this.take())
    this.cancel.addEventListener('click', () => this.stop())
    this.dom.addEventListener('close', () => { if (!this.dom.open) this.off() })   // Escape as well
    this.video.addEventListener('loadeddata', () => { this.why.textContent = ''; this.shoot.disabled = false; this.shoot.focus() })
  }

  async click() {
    this.shoot.disabled = true
    this.why.textContent = 'Waiting for the camera'
    this.dom.showModal()
    const asked = this.asked = {}
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 3840 }, height: { ideal: 2160 } } })
      if (this.asked === asked) this.video.srcObject = stream
      else end(stream)                            // cancelled while the browser was asking her
    } catch (error) {
      if (this.asked === asked) this.why.textContent = WHY[error.name] ?? ELSE
    }
  }
  take() {
    const canvas = make('canvas', { width: this.video.videoWidth, height: this.video.videoHeight })
    canvas.getContext('2d').drawImage(this.video, 0, 0)
    this.stop()
    const now = new Date(), two = n => String(n).padStart(2, '0')
    const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-')
    const name = `Photo ${day} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('.')}.jpg`
    canvas.toBlob(blob => this.took(new File([blob], name, { type: 'image/jpeg' })), 'image/jpeg', 0.92)
  }
  stop() {
    this.dom.close()
    this.off()                                    // the event comes later, and not at all if the page is taken away first
  }
  off() {
    this.asked = null
    if (this.video.srcObject) end(this.video.srcObject)
    this.video.srcObject = null
  }
}
const end = stream => { for (const track of stream.getTracks()) track.stop() }
