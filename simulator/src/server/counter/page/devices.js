// The terminals, drawn as devices: what each shows, and what a hand may do to it.

import { deed } from './ask.js'
import { by, draw, keep, make, mark, renew, say } from './dom.js'
import { SCREENS, TROUBLES } from './words.js'

/** Shows all of them. */
export function showDevices(view) {
  keep(by('devices'), view.shown.places, (place) => place.provider, (place) => device(view, place), (node, place) => {
    show(view, node, place)
  })
}

function device(view, place) {
  const { provider, title, can } = place
  const act = (body) => pull(provider, body)
  const tip = () => Math.round(Number(by(`tip-${provider}`)?.value.replace(',', '.') || 0) * 100)
  const present = (how, declined = false) => act({ deed: 'present', how, declined, tip_minor: declined ? 0 : tip() })
  const button = (name, text, onclick) => make('button', { type: 'button', 'data-act': name, onclick, text })
  const ways = can.card
    ? [['tap', 'Tap'], ['insert', 'Insert'], ['swipe', 'Swipe']].map(([how, text]) => button(how, text, () => present(how)))
    : [button('tap', 'Pay with the phone', () => present('tap'))]
  return make('article', { class: `device ${can.card ? '' : 'phone'}`, 'aria-labelledby': `device-${provider}` },
    make('div', { class: 'device-head' },
      make('h3', { id: `device-${provider}`, text: title }),
      make('span', { class: 'badge', 'data-kind': 'doubt', 'data-part': 'armed', hidden: true })),
    make('div', { class: 'shell' },
      make('div', { class: 'glass', 'data-part': 'glass' }),
      make('div', { class: 'keys', 'aria-hidden': 'true' }, ...Array.from({ length: 6 }, () => make('span'))),
      make('div', { class: 'slot', 'aria-hidden': 'true' })),
    make('p', { class: 'id', 'data-part': 'id' }),
    make('div', { class: 'hands', role: 'group', 'aria-label': `The customer at ${title}` },
      can.card ? make('label', { class: 'tip' }, 'Add a tip', make('input', { id: `tip-${provider}`, inputmode: 'decimal', autocomplete: 'off', placeholder: '0.00' })) : null,
      make('div', { class: `cards ${can.card ? '' : 'one'}` }, ...ways),
      make('div', { class: 'others' },
        button('decline', 'Decline', () => present('tap', true)),
        button('leave', 'Walk away', () => act({ deed: 'leave' })))),
    make('div', { class: 'power' },
      make('button', { type: 'button', class: 'quiet', 'data-act': 'plug', onclick: (event) => act({ deed: event.currentTarget.dataset.next }) }),
      tick('remember', 'Old prompt wakes up', (on) => act({ deed: 'remember', on })),
      can.conditions ? tick('condition', 'Next sale: check ID', (on) => act({ deed: 'condition', on })) : null),
    make('p', { class: 'device-problem', role: 'alert', 'data-part': 'problem', hidden: true }))
}

function tick(name, text, change) {
  const input = make('input', { type: 'checkbox', 'data-act': name, onchange: (event) => change(event.currentTarget.checked) })
  return make('label', { class: 'tick' }, input, text)
}

async function pull(provider, body) {
  const { error } = await deed(provider, body)
  const problem = part(by('devices').querySelector(`[data-name="${provider}"]`), 'problem')
  problem.hidden = !error
  say(problem, error?.message ?? '')
}

const part = (node, name) => node.querySelector(`[data-part="${name}"]`)
const acts = (node, ...names) => names.map((name) => node.querySelector(`[data-act="${name}"]`)).filter(Boolean)

function show(view, node, place) {
  const { held, sale, armed } = place
  mark(node, 'data-screen', held.screen)
  mark(node, 'data-chosen', view.provider === place.provider)
  renew(part(node, 'glass'), [held.screen, sale], () => glass(place))
  say(part(node, 'id'), held.terminal)
  part(node, 'id').title = held.terminal
  const words = TROUBLES.filter(([name]) => armed.includes(name)).map(([, label]) => label)
  part(node, 'armed').hidden = !words.length
  say(part(node, 'armed'), words.length === 1 ? 'trouble ahead' : `${words.length} troubles ahead`)
  part(node, 'armed').title = words.join(', ')
  for (const button of acts(node, 'tap', 'insert', 'swipe', 'decline', 'leave')) button.disabled = held.screen !== 'prompt'
  const [plug] = acts(node, 'plug')
  plug.dataset.next = held.plugged ? 'unplug' : 'plug-in'
  say(plug, held.plugged ? 'Pull the plug' : 'Plug it in')
  for (const box of acts(node, 'remember')) box.checked = held.remembers
  for (const box of acts(node, 'condition')) box.checked = held.condition
}

function glass({ held, sale, can }) {
  const [says, under] = SCREENS[held.screen]
  const asks = held.screen === 'prompt' || held.screen === 'left'
  const amount = sale && held.screen !== 'ready' && held.screen !== 'dark' ? total(sale) : null
  const scan = asks && !can.card
  const text = scan ? (sale?.qr ? 'Scan to pay' : 'Approve on your phone') : says
  return [
    scan && sale?.qr ? qr(sale.qr) : sign(held.screen),
    amount,
    text ? make('p', { class: 'says', text }) : null,
    sale?.tip && held.screen === 'approved' ? make('p', { class: 'under', text: `with a tip of ${sale.tip}` }) : null,
    under ? make('p', { class: 'under', text: under }) : null,
  ].filter(Boolean)
}

function total({ total: text }) {
  const [sum, currency] = text.split(' ')
  return make('p', { class: 'total' }, `${sum} `, make('small', { text: currency }))
}

const SIGNS = {
  prompt: 'M12 14a12 12 0 0 1 0 12M18 10a20 20 0 0 1 0 20M24 6a28 28 0 0 1 0 28',
  approved: 'M9 21l8 8 15-17',
  declined: 'M11 11l18 18M29 11L11 29',
  working: 'M12 20h.1M20 20h.1M28 20h.1',
  cancelled: 'M10 20h20',
  expired: 'M20 10v10l7 5',
  reversed: 'M30 26c0-8-6-10-18-10m5-6-6 6 6 6',
}

function sign(screen) {
  const path = SIGNS[screen === 'left' ? 'prompt' : screen]
  if (!path) return null
  return draw('svg', { viewBox: '0 0 40 40', 'aria-hidden': 'true', class: screen === 'prompt' ? 'waves' : null },
    draw('path', { d: path, fill: 'none', stroke: 'currentColor', 'stroke-width': screen === 'working' ? 5 : 3, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }))
}

function qr({ size, path }) {
  return draw('svg', { class: 'qr', viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': 'QR code of the address at which the customer pays', 'shape-rendering': 'crispEdges' },
    draw('path', { d: path, fill: '#000' }))
}
