// Small helpers for making and keeping elements. Nothing here knows of payments.

const SVG = 'http://www.w3.org/2000/svg'

/** The element with this id. */
export const by = (id) => document.getElementById(id)

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on…` are listeners, `text` is the content
 * @param {...(Node | string | null | undefined)} children
 */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children)
}

/** The same for pictures. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children)
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) set(node, name, value)
  node.append(...children.filter((child) => child != null))
  return node
}

function set(node, name, value) {
  if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
  else if (name === 'text') node.textContent = value
  else if (value === true) node.setAttribute(name, '')
  else if (value !== false && value != null) node.setAttribute(name, value)
}

/** Changes a text only where it is another: whoever reads along is not interrupted for nothing. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/** Sets an attribute only where it is another. */
export function mark(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value)
}

/** Makes the content anew only where `key` is another than last time. */
export function renew(node, key, children) {
  const text = JSON.stringify(key)
  if (node.dataset.key === text) return
  node.dataset.key = text
  node.replaceChildren(...children())
}

/**
 * Keeps one child for each item, in order: made once, shown each time, removed when it is gone.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} name
 * @param {(item: T) => Element} create
 * @param {(node: Element, item: T) => void} show
 */
export function keep(parent, items, name, create, show) {
  const known = new Map([...parent.children].map((node) => [node.dataset.name, node]))
  let before = parent.firstElementChild
  for (const item of items) {
    let node = known.get(name(item))
    if (!node) {
      node = create(item)
      node.dataset.name = name(item)
    }
    known.delete(name(item))
    if (node === before) before = before.nextElementSibling
    else parent.insertBefore(node, before)
    show(node, item)
  }
  for (const node of known.values()) node.remove()
}
