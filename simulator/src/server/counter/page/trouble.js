// Switches for what goes wrong once, at the chosen provider.

import { ask } from './ask.js'
import { by, keep, make, mark, say } from './dom.js'
import { TROUBLES } from './words.js'

/** Shows which are on. One that has struck is off again. */
export function showTroubles(view) {
  const place = view.shown.places.find((other) => other.provider === view.provider)
  say(by('trouble-place'), place.title)
  keep(by('troubles'), TROUBLES, ([name]) => name, ([name, label]) => make('button', {
    type: 'button', role: 'switch', 'data-trouble': name, onclick: (event) => toggle(view, name, event.currentTarget),
  }, make('span', { text: label }), make('span', { class: 'knob', 'aria-hidden': 'true' })), (node, [name]) => {
    mark(node, 'aria-checked', place.armed.includes(name))
  })
}

function toggle(view, trouble, button) {
  const on = button.getAttribute('aria-checked') !== 'true'
  return ask('/counter/troubles', { provider: view.provider, trouble, on })
}
