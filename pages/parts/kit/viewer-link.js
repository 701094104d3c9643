// A viewer and a form on one page, without a run of the script: the form says which box is lit ("loupe:lit"), and is told
// which place of which picture she pressed ("loupe:pointed"). What was said last is kept for a viewer that comes later.
export class Link {
  constructor(viewer) {
    this.viewer = viewer
    this.heard = e => this.light(e.detail)
    document.addEventListener('loupe:lit', this.heard)
    this.went = e => this.goAhead(e.detail)
    document.addEventListener('loupe:ahead', this.went)
  }
  get name() { return this.viewer.d?.link }
  get lit() { return window.loupeLit?.[this.name] ?? null }

  light({ link }) {
    const { viewer } = this
    if (!this.name || link !== this.name || !viewer.panes.length) return
    const box = viewer.d.boxes.find(b => b.id === this.lit)
    if (box) viewer.index = Math.max(0, viewer.d.pictures.findIndex(p => p.id === box.picture))
    viewer.render(box)
  }
  // The form has the next document already ("loupe:ahead"): what the server says meanwhile is of the one before, until
  // the form says that it has caught up.
  goAhead({ link, data }) {
    const { viewer } = this
    if (!this.name || link !== this.name) return
    const late = this.late
    if (data) {
      this.ahead = data
      viewer.update({ ...viewer.c, data: { ...viewer.c.data, ...data } })
    } else if (this.ahead) {
      this.ahead = this.late = null
      if (late) viewer.update(late)
    }
  }
  holds(c) {                                      // whether what came from the server is to wait
    if (!this.ahead || JSON.stringify(c.data.pictures) === JSON.stringify(this.ahead.pictures)) return false
    this.late = c
    return true
  }
  pointed(picture, [x, y]) {
    document.dispatchEvent(new CustomEvent('loupe:pointed', { detail: { link: this.name, picture: picture.id, x, y } }))
  }
  picked(id) {
    const box = this.viewer.d.boxes.find(b => b.id === id)
    if (box) this.pointed({ id: box.picture }, [(box.box[0] + box.box[2]) / 2, (box.box[1] + box.box[3]) / 2])
  }
  destroy() {
    document.removeEventListener('loupe:lit', this.heard)
    document.removeEventListener('loupe:ahead', this.went)
  }
}
