// The form for a new sale, which pays through the core.

import { ask } from './ask.js'
import { by, make, mark, say } from './dom.js'

let number = 1
let refused = null

/** Wires the form up. */
export function openSale(view) {
  by('reference').value = nextReference([])
  by('sale').addEventListener('submit', (event) => {
    event.preventDefault()
    charge(view, [])
  })
  by('screen-clear').addEventListener('click', () => charge(view, refused ? [refused] : []))
  by('scan-app').addEventListener('click', () => scan(view.shown.codes.app))
  by('scan-card').addEventListener('click', () => scan(view.shown.codes.quick))
}

/** Shows what the chosen provider can do. */
export function showSale(view) {
  const { places, payments } = view.shown
  if (!by('providers').children.length) {
    by('providers').append(...places.map((place) => segment(view, place)))
  }
  for (const input of by('providers').querySelectorAll('input')) input.checked = input.value === view.provider
  const place = places.find((other) => other.provider === view.provider)
  say(by('currency'), place.currency)
  by('scan').hidden = !place.can.scan
  by('hold-line').hidden = !place.can.hold
  const taken = payments.map((payment) => payment.summary.reference)
  if (taken.includes(by('reference').value) && document.activeElement !== by('reference')) {
    by('reference').value = nextReference(taken)
  }
}

function segment(view, place) {
  const choose = () => {
    complain(null)
    view.chooseProvider(place.provider)
  }
  return make('label', {},
    make('input', { type: 'radio', name: 'provider', value: place.provider, onchange: choose }),
    make('span', { text: place.title }))
}

function nextReference(taken) {
  while (taken.includes(`order-${number}`)) number += 1
  return `order-${number}`
}

function scan(code) {
  by('code').value = code
  by('charge').focus()
}

async function charge(view, screenClear) {
  const place = view.shown.places.find((other) => other.provider === view.provider)
  const sale = {
    provider: place.provider,
    amount: by('amount').value.trim(),
    reference: by('reference').value.trim(),
    hold: place.can.hold && by('hold').checked,
    screen_clear: screenClear,
  }
  if (place.can.scan && by('code').value.trim()) sale.code = by('code').value.trim()
  complain(null)
  by('code').value = ''
  view.payment = null
  const { error } = await ask('/counter/sales', sale)
  if (error) complain(error)
}

function complain(error) {
  by('sale-problem').hidden = !error
  say(by('sale-problem'), error?.message ?? '')
  const busy = error?.code === 'terminal-busy'
  refused = busy ? error.payment : null
  by('screen-clear').hidden = !busy
  const faulty = ['amount', 'reference', 'code'].find((name) => name === error?.field)
  for (const name of ['amount', 'reference', 'code']) {
    mark(by(name), 'aria-invalid', name === faulty)
  }
  if (faulty) by(faulty).focus()
}
